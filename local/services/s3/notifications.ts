import { randomBytes } from 'node:crypto';
import * as z from 'zod/mini';
import { sendToQueue } from '../../functions/destination.ts';
import { glob } from '../../glob.ts';
import { Flag, parseProperties } from '../../parse.ts';
import type { World } from '../../types.ts';
import { publishEvent } from '../events/bus.ts';
import { topicsOf } from '../sns/topics.ts';
import type { S3Event } from './context.ts';

/** A notification configuration: which events of a bucket go to which target. */
export interface Notification {
  readonly id: string;
  /** The names of events, such as `s3:ObjectCreated:*`. */
  readonly events: readonly string[];
  readonly prefix: string;
  readonly suffix: string;
  readonly target:
    | { readonly function: string }
    | { readonly queueArn: string }
    | { readonly topicArn: string }
    | 'event bus';
}

const rules = z._default(z.array(z.object({ Name: z.string(), Value: z.string() })), []);
const filter = z._default(z.object({ S3Key: z.optional(z.object({ Rules: rules })) }), {});

/** `NotificationConfiguration` of `AWS::S3::Bucket`. */
const ofBucket = z.object({
  LambdaConfigurations: z._default(z.array(z.object({ Event: z.string(), Function: z.string(), Filter: filter })), []),
  QueueConfigurations: z._default(z.array(z.object({ Event: z.string(), Queue: z.string(), Filter: filter })), []),
  TopicConfigurations: z._default(z.array(z.object({ Event: z.string(), Topic: z.string(), Filter: filter })), []),
  EventBridgeConfiguration: z.optional(z.object({ EventBridgeEnabled: z._default(Flag, true) })),
});

const Filter = z._default(z.object({ Key: z.optional(z.object({ FilterRules: rules })) }), {});
const custom = { Id: z._default(z.string(), ''), Events: z.array(z.string()), Filter };
/** `NotificationConfiguration` of `Custom::S3BucketNotifications`, with the names of S3's API. */
const ofCustomResource = z.object({
  LambdaFunctionConfigurations: z._default(z.array(z.object({ ...custom, LambdaFunctionArn: z.string() })), []),
  QueueConfigurations: z._default(z.array(z.object({ ...custom, QueueArn: z.string() })), []),
  TopicConfigurations: z._default(z.array(z.object({ ...custom, TopicArn: z.string() })), []),
  EventBridgeConfiguration: z.optional(z.unknown()),
});

/** "Using EventBridge" in the Amazon S3 user guide: the bus gets all events of a bucket. */
const allToEventBus: Notification = { id: '', events: ['s3:*'], prefix: '', suffix: '', target: 'event bus' };

type Rules = z.infer<typeof rules>;

function affixes(given: Rules = []) {
  const find = (name: string) => given.find(({ Name }) => Name.toLowerCase() === name)?.Value ?? '';
  return { prefix: find('prefix'), suffix: find('suffix') };
}

function ofOneEvent({ Event, Filter }: { Event: string; Filter: z.infer<typeof filter> }) {
  return { id: '', events: [Event], ...affixes(Filter.S3Key?.Rules) };
}

export function bucketNotifications(configuration: unknown): Notification[] {
  const given = parseProperties(ofBucket, configuration);
  return [
    ...given.LambdaConfigurations.map((each) => ({ ...ofOneEvent(each), target: { function: each.Function } })),
    ...given.QueueConfigurations.map((each) => ({ ...ofOneEvent(each), target: { queueArn: each.Queue } })),
    ...given.TopicConfigurations.map((each) => ({ ...ofOneEvent(each), target: { topicArn: each.Topic } })),
    ...(given.EventBridgeConfiguration?.EventBridgeEnabled ? [allToEventBus] : []),
  ];
}

function ofSeveral({ Id, Events, Filter }: z.infer<z.ZodMiniObject<typeof custom>>) {
  return { id: Id, events: Events, ...affixes(Filter.Key?.FilterRules) };
}

export function customNotifications(configuration: unknown): Notification[] {
  const given = parseProperties(ofCustomResource, configuration);
  return [
    ...given.LambdaFunctionConfigurations.map((each) => ({
      ...ofSeveral(each),
      target: { function: each.LambdaFunctionArn },
    })),
    ...given.QueueConfigurations.map((each) => ({ ...ofSeveral(each), target: { queueArn: each.QueueArn } })),
    ...given.TopicConfigurations.map((each) => ({ ...ofSeveral(each), target: { topicArn: each.TopicArn } })),
    ...(given.EventBridgeConfiguration ? [allToEventBus] : []),
  ];
}

export function isFor({ events, prefix, suffix }: Notification, { name, key }: S3Event): boolean {
  return events.some((event) => glob(event)(`s3:${name}`)) && key.startsWith(prefix) && key.endsWith(suffix);
}

/** Sends an event to its target: asynchronously to a function, to a queue or a topic, or to the bus of events. */
export async function deliver({ id, target }: Notification, event: S3Event, world: World): Promise<void> {
  if (target === 'event bus') return void publishEvent(world, 'default', busEvent(event, world));
  const message = { Records: [record(event, id, world)] };
  if ('function' in target) return world.functions.invokeAsync(target.function, message);
  if ('queueArn' in target) return sendToQueue(world, target.queueArn, JSON.stringify(message));
  const notification = { Message: JSON.stringify(message), Subject: 'Amazon S3 Notification' };
  topicsOf(world)?.publish(target.topicArn, notification);
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
