import { hash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod/mini';
import { handle } from '../../handle.ts';
import { absent } from '../../parse.ts';
import { perWorld } from '../../per-world.ts';
import type { ResourceHandler, World } from '../../types.ts';
import type { HttpService } from '../http-service.ts';
import type { S3Event } from './context.ts';
import { type CorsRule, corsConfiguration } from './cors.ts';
import { deliver, isFor, type Notification, notificationsOf } from './notifications.ts';
import { serveS3 } from './server.ts';
import { type ObjectHeaders, ObjectStore } from './store.ts';
import { serveWebsite, websiteConfiguration } from './website.ts';

/** The S3 service of a stack: its objects, and the configuration of its buckets. */
const s3Of = perWorld((world) => {
  const folder = join(world.dataDir, 's3');
  mkdirSync(folder, { recursive: true });
  const store = new ObjectStore(folder);
  world.whenKeeping(() => store.keep());
  world.whenStopping(async () => store.close());
  const notifications = new Map<string, readonly Notification[]>();
  return {
    store,
    corsRules: new Map<string, readonly CorsRule[]>(),
    notifications,
    emit(event: S3Event) {
      for (const notification of notifications.get(event.bucket) ?? [])
        if (isFor(notification, event)) void deliverSurely(notification, event, world);
    },
  };
});

export function startS3(world: World): Promise<HttpService> {
  const { store, corsRules, emit } = s3Of(world);
  const rulesOf = (bucket: string) => localized(corsRules.get(bucket) ?? [], world);
  return serveS3({ ...world, store, corsRules: rulesOf, isPage: (origin) => world.pages.has(origin), emit });
}

/** Lets the stack itself change objects. The buckets' notifications are sent as for any other change. */
export function objectsOf(world: World) {
  const { store, emit } = s3Of(world);
  return {
    keys: (bucket: string, prefix: string): string[] => [...store.list(bucket, prefix, '')].map(({ key }) => key),

    /** Writes an object, unless the bucket has an identical one. */
    put(bucket: string, key: string, bytes: Buffer, headers: ObjectHeaders): void {
      const content = { blob: store.newBlob(), size: bytes.length, etag: hash('md5', bytes) };
      const before = store.get(bucket, key);
      if (before?.etag === content.etag && isDeepStrictEqual(before.headers, headers)) return;
      writeFileSync(store.path(content.blob), bytes);
      store.put(bucket, key, content, headers);
      emit({ name: 'ObjectCreated:Put', bucket, key, size: content.size, etag: content.etag });
    },

    delete(bucket: string, key: string): void {
      if (store.delete(bucket, key)) emit({ name: 'ObjectRemoved:Delete', bucket, key });
    },
  };
}

/** Replaces AWS addresses in the rules. It is called for each request, because local addresses are known only once everything runs. */
function localized(rules: readonly CorsRule[], world: World): CorsRule[] {
  const local = (origins: readonly string[]) => origins.map((origin) => world.localize(origin));
  return rules.map((rule) => ({ ...rule, AllowedOrigins: local(rule.AllowedOrigins) }));
}

async function deliverSurely(notification: Notification, event: S3Event, world: World): Promise<void> {
  for (let attempt = 1; attempt <= 5; attempt++) {
    try {
      await deliver(notification, event, world);
      return;
    } catch (error) {
      world.log.warn(`${event.name} of ${event.bucket} was not delivered (attempt ${attempt}): ${error}`);
      await sleep(1000 * attempt, undefined, { ref: false });
    }
  }
}

const properties = z.object({
  BucketName: z.optional(z.string()),
  CorsConfiguration: z.optional(corsConfiguration),
  NotificationConfiguration: z.optional(z.unknown()),
  WebsiteConfiguration: z.optional(websiteConfiguration),
  ReplicationConfiguration: absent,
  VersioningConfiguration: z.optional(z.object({ Status: z.enum(['Enabled', 'Suspended']) })),
});

/**
 * Handles buckets. Former versions are kept where a bucket has versioning. Lifecycle, locks and encryption are ignored: except for what
 * they delete, or keep from being deleted, a running app doesn't notice them.
 */
const bucket = handle('AWS::S3::Bucket', properties, async (given, world, resource) => {
  const name = given.BucketName ?? `${resource.stack}-${resource.logicalId}`.toLowerCase();
  const { store, corsRules, notifications } = s3Of(world);
  store.createBucket(name, given.VersioningConfiguration?.Status === 'Enabled');
  corsRules.set(name, given.CorsConfiguration?.CorsRules ?? []);
  notifications.set(name, notificationsOf(given.NotificationConfiguration ?? {}));

  const domain = `${name}.s3.amazonaws.com`;
  const regionalDomain = `${name}.s3.${world.region}.amazonaws.com`;
  const address = `${await world.endpoint('S3')}/${name}`;
  for (const awsDomain of [domain, regionalDomain]) world.serveAt(`https://${awsDomain}`, address);
  const attributes = { Arn: `arn:aws:s3:::${name}`, DomainName: domain, RegionalDomainName: regionalDomain };
  const site = given.WebsiteConfiguration;
  const WebsiteURL = site && (await serveWebsite(name, site, store, world));
  return { ref: name, attributes: { ...attributes, ...(WebsiteURL && { WebsiteURL }) } };
});

/** Handles the custom resource that the CDK makes for `bucket.addEventNotification`, in place of its provider function. */
const ofBucket = z.object({ BucketName: z.string(), NotificationConfiguration: z.unknown() });
const notifications = handle('Custom::S3BucketNotifications', ofBucket, async (given, world, resource) => {
  const { BucketName, NotificationConfiguration } = given;
  const s3 = s3Of(world);
  const others = s3.notifications.get(BucketName) ?? [];
  s3.notifications.set(BucketName, [...others, ...notificationsOf(NotificationConfiguration)]);
  return { ref: resource.logicalId };
});

export const buckets: readonly ResourceHandler[] = [bucket, notifications];
