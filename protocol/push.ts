import * as z from 'zod/mini';
import * as value from './values.ts';

const base64url = (bytes: number) => {
  const length = Math.ceil((bytes * 4) / 3);
  return value.bounded(
    length,
    z.regex(new RegExp(`^[A-Za-z0-9_-]{${length}}$`), `must be ${bytes} bytes in base64url`),
  );
};

/** The server's public VAPID key (RFC 8292), which a browser takes as `applicationServerKey` when it subscribes. */
export const PushKey = z.object({ publicKey: z.string() });

/** A browser's public key and authentication secret (RFC 8291, "Message Encryption for Web Push"). */
export const PushKeys = z.object({ p256dh: base64url(65), auth: base64url(16) });

/** A browser's `PushSubscription`, as its `toJSON()` returns it. */
export const WebSubscribe = z.object({
  endpoint: value.bounded(1_024, z.url({ protocol: /^https?$/ })),
  keys: PushKeys,
});

/** The service that pushes to a mobile app: Firebase Cloud Messaging, or Apple's. */
export const MobilePlatform = z.enum(['fcm', 'apns']);

/** A mobile app, by its token: the registration token of FCM, or the device token of APNs in hexadecimal. */
export const MobileSubscribe = z.strictObject({
  platform: MobilePlatform,
  token: value.bounded(2_048, z.regex(/^[\w:.-]{16,2048}$/, 'must be a token')),
});

export const Subscribe = z.union([MobileSubscribe, WebSubscribe]);

/** The id of the subscription. The same endpoint or token always has the same id. */
export const Subscribed = z.object({ id: value.pushId });

/** The payload of a push: a notification of one message, or that it is taken back. For a browser it is encrypted. */
export const Notification = z.object({
  conversationId: value.id,
  /** The `seq` of the message. A notification must not replace one of the same conversation with a higher `seq`. */
  seq: value.seq,
  /** The number of unread messages in this conversation. */
  unread: z.int(),
  /** The number of unread messages in this conversation and all others that are not muted, at most `limits.badge`. */
  badge: z.int(),
  /** The name of the sender or group. Missing if the setting `pushText` is off. */
  title: z.optional(z.string()),
  /**
   * The text of the message, shortened to 300 characters, in a group after the name of its sender. Missing if the setting
   * `pushText` is off.
   */
  body: z.optional(z.string()),
  /**
   * The message was read elsewhere or deleted: the notification of this conversation goes, unless it is of a higher `seq`, and the
   * badge is as given. Nothing is shown.
   */
  takenBack: z.optional(z.literal(true)),
});

export type PushKey = z.infer<typeof PushKey>;
export type WebSubscribe = z.infer<typeof WebSubscribe>;
export type MobileSubscribe = z.infer<typeof MobileSubscribe>;
export type Subscribe = z.infer<typeof Subscribe>;
export type Subscribed = z.infer<typeof Subscribed>;
export type Notification = z.infer<typeof Notification>;
