import { randomBytes } from 'node:crypto';
import * as z from 'zod/mini';
import { glob } from '../../glob.ts';
import { Flag, parseProperties } from '../../parse.ts';
import { StackError, type World } from '../../types.ts';
import { publishEvent } from '../events/bus.ts';
import { sendTo } from '../send-to.ts';
import type { S3Event } from './context.ts';

/** A notification configuration: which events of a bucket go to which target. */
export interface Notification {
  readonly id: string;
  /** The names of events, such as `s3:ObjectCreated:*`. */
  readonly events: readonly string[];
  readonly prefix: string;
  readonly suffix: string;
  /** The ARN of a function, a queue or a topic, or else the bus of events. */
  readonly target: string | typeof eventBus;
}
const eventBus = Symbol('the bus of events');

const rules = z.array(z.object({ Name: z.string(), Value: z.string() }));
const text = z.optional(z.string());
/** A configuration as `AWS::S3::Bucket` has it, or with the names of S3's API, as `Custom::S3BucketNotifications` does. */
const configuration = z.object({
  Id: z._default(z.string(), ''),
  Event: text,
  Events: z._default(z.array(z.string()), []),
  Filter: z.optional(
    z.object({ S3Key: z.optional(z.object({ Rules: rules })), Key: z.optional(z.object({ FilterRules: rules })) }),
  ),
  ...{ Function: text, LambdaFunctionArn: text, Queue: text, QueueArn: text, Topic: text, TopicArn: text },
});
const list = z._default(z.array(configuration), []);
const properties = z.object({
  LambdaConfigurations: list,
  LambdaFunctionConfigurations: list,
  QueueConfigurations: list,
  TopicConfigurations: list,
  EventBridgeConfiguration: z.optional(z.object({ EventBridgeEnabled: z._default(Flag, true) })),
});

/** "Using EventBridge" in the Amazon S3 user guide: the bus gets all events of a bucket. */
const allToEventBus: Notification = { id: '', events: ['s3:*'], prefix: '', suffix: '', target: eventBus };

function notificationOf({ Id, Event, Events, Filter, ...targets }: z.infer<typeof configuration>): Notification {
  const rules = Filter?.S3Key?.Rules ?? Filter?.Key?.FilterRules ?? [];
  const affix = (name: string) => rules.find(({ Name }) => Name.toLowerCase() === name)?.Value ?? '';
  const target = Object.values(targets).find((arn) => arn !== undefined);
  if (target === undefined) throw new StackError('NotificationConfiguration: one of its configurations has no target.');
  return { id: Id, events: [Event ?? [], Events].flat(), prefix: affix('prefix'), suffix: affix('suffix'), target };
}

/** Reads a `NotificationConfiguration`. */
export function notificationsOf(given: unknown): Notification[] {
  const { EventBridgeConfiguration, ...lists } = parseProperties(properties, given);
  const isTold = EventBridgeConfiguration?.EventBridgeEnabled;
  return [...Object.values(lists).flat().map(notificationOf), ...(isTold ? [allToEventBus] : [])];
}

export function isFor({ events, prefix, suffix }: Notification, { name, key }: S3Event): boolean {
  return events.some((event) => glob(event)(`s3:${name}`)) && key.startsWith(prefix) && key.endsWith(suffix);
}

/** Sends an event to its target: asynchronously to a function, to a queue or a topic, or to the bus of events. */
export async function deliver({ id, target }: Notification, event: S3Event, world: World): Promise<void> {
  if (target === eventBus) publishEvent(world, 'default', busEvent(event, world));
  else await sendTo(world, target, JSON.stringify({ Records: [record(event, id, world)] }), 'Amazon S3 Notification');
}

/** "EventBridge event message structure" in the Amazon S3 user guide. */
function busEvent({ name, bucket, key, size, etag }: S3Event, { account }: World) {
  const isCreated = name.startsWith('ObjectCreated');
  const reason = { Put: 'PutObject', Copy: 'CopyObject', Delete: 'DeleteObject' }[name.split(':')[1] ?? ''];
  return {
    source: 'aws.s3',
    'detail-type': isCreated ? 'Object Created' : 'Object Deleted',
    resources: [`arn:aws:s3:::${bucket}`],
    detail: {
      version: '0',
      bucket: { name: bucket },
      object: { key, ...(size !== undefined && { size }), ...(etag !== undefined && { etag }), sequencer: sequencer() },
      'request-id': requestId(),
      requester: account,
      'source-ip-address': '127.0.0.1',
      reason: reason ?? 'CompleteMultipartUpload',
      ...(!isCreated && { 'deletion-type': 'Permanently Deleted' }),
    },
  };
}

const requestId = () => randomBytes(8).toString('hex');
const sequencer = () => process.hrtime.bigint().toString(16).toUpperCase().padStart(18, '0');

/** Makes the record of an event ("Event message structure" in the Amazon S3 user guide). */
function record(event: S3Event, configurationId: string, { region, account }: World) {
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: region,
    eventTime: new Date().toISOString(),
    eventName: event.name,
    userIdentity: { principalId: account },
    requestParameters: { sourceIPAddress: '127.0.0.1' },
    responseElements: { 'x-amz-request-id': requestId(), 'x-amz-id-2': randomBytes(16).toString('base64') },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId,
      bucket: { name: event.bucket, ownerIdentity: { principalId: account }, arn: `arn:aws:s3:::${event.bucket}` },
      object: {
        key: encodeURIComponent(event.key).replaceAll('%2F', '/').replaceAll('%20', '+'),
        ...(event.size !== undefined && { size: event.size }),
        ...(event.etag !== undefined && { eTag: event.etag }),
        sequencer: sequencer(),
      },
    },
  };
}
