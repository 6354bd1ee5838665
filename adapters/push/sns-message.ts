import type { MobileSubscription } from '#core/push/ports.ts';
import type { Notification } from '#protocol/push.ts';
import { topicOf, ttlSeconds } from './topic.ts';

/** What `Publish` is given for one endpoint. */
interface Message {
  readonly Message: string;
  readonly MessageStructure: 'json';
  readonly MessageAttributes?: Record<string, { DataType: 'String'; StringValue: string }> | undefined;
}

/** In the form of the platform that the endpoint belongs to (`GCM`, `APNS`, `APNS_SANDBOX`), as SNS documents it. */
export function messageFor(subscription: MobileSubscription, notification: Notification): Message {
  const [, platform = ''] = subscription.endpointArn.split(':endpoint/')[1]?.match(/^(\w+)\//) ?? [];
  const topic = topicOf(subscription, notification.conversationId);
  const payload = platform === 'GCM' ? fcmPayload(notification, topic) : apnsPayload(notification);
  return {
    MessageStructure: 'json',
    // SNS wants a default, which no endpoint of this platform gets.
    Message: JSON.stringify({ default: 'A new message', [platform]: JSON.stringify(payload) }),
    ...(platform !== 'GCM' && { MessageAttributes: apnsAttributes(platform, topic) }),
  };
}

/** Without a text a message of data, for the app to make something of. */
function fcmPayload({ title, body, badge, ...rest }: Notification, topic: string) {
  const data = { ...rest, badge };
  return {
    fcmV1Message: {
      message: {
        // FCM takes only strings here.
        data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, String(value)])),
        ...(title !== undefined && { notification: { title, body } }),
        android: {
          priority: 'high',
          collapse_key: topic,
          ttl: `${ttlSeconds}s`,
          // What is shown under a tag is replaced by the next.
          ...(title !== undefined && { notification: { tag: topic, notification_count: badge } }),
        },
      },
    },
  };
}

/** Without a text the app's own of that name, since iOS shows nothing of an app that doesn't run otherwise. */
function apnsPayload({ title, body, badge, ...rest }: Notification) {
  const alert = title === undefined ? { 'loc-key': 'NEW_MESSAGE' } : { title, body };
  return { aps: { alert, badge, sound: 'default', 'thread-id': rest.conversationId, 'mutable-content': 1 }, ...rest };
}

function apnsAttributes(platform: string, topic: string): Message['MessageAttributes'] {
  const values = {
    'AWS.SNS.MOBILE.APNS.COLLAPSE_ID': topic,
    'AWS.SNS.MOBILE.APNS.PUSH_TYPE': 'alert',
    'AWS.SNS.MOBILE.APNS.PRIORITY': '10',
    [`AWS.SNS.MOBILE.${platform}.TTL`]: String(ttlSeconds),
  };
  return Object.fromEntries(
    Object.entries(values).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  );
}
