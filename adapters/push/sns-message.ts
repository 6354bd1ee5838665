import type { MobileSubscription } from '#core/push/ports.ts';
import type { Notification } from '#protocol/push.ts';
import { topicOf, ttlSeconds } from './topic.ts';

/** The parameters of the SNS action `Publish` that depend on the notification. */
interface Message {
  readonly Message: string;
  readonly MessageStructure: 'json';
  readonly MessageAttributes?: Record<string, { DataType: 'String'; StringValue: string }> | undefined;
}

/**
 * Formats a notification for the platform in the endpoint's ARN: `GCM`, `APNS` or `APNS_SANDBOX` ("Sending Amazon SNS push
 * notifications with platform-specific payloads").
 */
export function messageFor(subscription: MobileSubscription, notification: Notification): Message {
  const [, platform = ''] = subscription.endpointArn.split(':endpoint/')[1]?.match(/^(\w+)\//) ?? [];
  const topic = topicOf(subscription, notification.conversationId);
  const payload = platform === 'GCM' ? fcmPayload(notification, topic) : apnsPayload(notification);
  return {
    MessageStructure: 'json',
    // SNS requires a default, although no endpoint of this platform gets it.
    Message: JSON.stringify({ default: 'A new message', [platform]: JSON.stringify(payload) }),
    ...(platform !== 'GCM' && { MessageAttributes: apnsAttributes(platform, topic, notification.takenBack) }),
  };
}

/**
 * The payload for FCM. Without a text it is a data message, and the app decides what to show, or removes what it shows if the
 * notification is taken back.
 */
function fcmPayload({ title, body, badge, ...rest }: Notification, topic: string) {
  const data = { ...rest, badge };
  return {
    fcmV1Message: {
      message: {
        // FCM allows only strings as the values of `data`.
        data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, String(value)])),
        ...(title !== undefined && { notification: { title, body } }),
        android: {
          priority: rest.takenBack ? 'normal' : 'high',
          collapse_key: topic,
          ttl: `${ttlSeconds}s`,
          // Android replaces a notification by the next one with the same tag.
          ...(title !== undefined && { notification: { tag: topic, notification_count: badge } }),
        },
      },
    },
  };
}

/**
 * The payload for APNs. Without a text it names a text of the app, because iOS shows a notification of an app that isn't running
 * only if it has an alert.
 */
function apnsPayload({ title, body, badge, ...rest }: Notification) {
  // iOS sets the badge by itself, and wakes the app, which removes the notification.
  if (rest.takenBack) return { aps: { badge, 'content-available': 1 }, ...rest };
  const alert = title === undefined ? { 'loc-key': 'NEW_MESSAGE' } : { title, body };
  return { aps: { alert, badge, sound: 'default', 'thread-id': rest.conversationId, 'mutable-content': 1 }, ...rest };
}

function apnsAttributes(platform: string, topic: string, takenBack = false): Message['MessageAttributes'] {
  const values = {
    'AWS.SNS.MOBILE.APNS.COLLAPSE_ID': topic,
    'AWS.SNS.MOBILE.APNS.PUSH_TYPE': 'alert',
    'AWS.SNS.MOBILE.APNS.PRIORITY': takenBack ? '5' : '10',
    [`AWS.SNS.MOBILE.${platform}.TTL`]: String(ttlSeconds),
  };
  return Object.fromEntries(
    Object.entries(values).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  );
}
