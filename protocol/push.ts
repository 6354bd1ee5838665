import * as z from 'zod/mini';
import * as value from './values.ts';

const base64url = (bytes: number) => {
  const length = Math.ceil((bytes * 4) / 3);
  return z.string().check(z.regex(new RegExp(`^[A-Za-z0-9_-]{${length}}$`), `must be ${bytes} bytes in base64url`));
};

/** The key that push subscriptions are made for (VAPID, RFC 8292): `applicationServerKey` of the Push API. */
export const PushKey = z.object({ publicKey: z.string() });

/** A browser's `PushSubscription`, as its `toJSON()` has it. */
export const WebSubscribe = z.object({
  endpoint: z.url({ protocol: /^https?$/ }).check(z.maxLength(1_024)),
  /** RFC 8291: the browser's public key, and what it shares with the sender. */
  keys: z.object({ p256dh: base64url(65), auth: base64url(16) }),
});

/** A mobile app, by the token that Firebase or Apple gave it: FCM's registration token, or the device token of APNs in hex. */
export const MobileSubscribe = z.strictObject({
  platform: z.enum(['fcm', 'apns']),
  token: z.string().check(z.regex(/^[\w:.-]{16,2048}$/, 'must be a token')),
});

export const Subscribe = z.union([MobileSubscribe, WebSubscribe]);

/** The same endpoint or token has always the same id. */
export const Subscribed = z.object({ id: value.pushId });

/** What a push brings, to a browser encrypted for it: there is a message. */
export const Notification = z.object({
  conversationId: value.id,
  /** Of the message. One that is older than what is shown of the conversation is not to replace it. */
  seq: value.seq,
  /** Unread messages of the conversation, and of all conversations that aren't muted. */
  unread: z.int(),
  badge: z.int(),
  /** Neither is there for those who don't want them shown (the setting `pushText`). */
  title: z.optional(z.string()),
  body: z.optional(z.string()),
});

export type PushKey = z.infer<typeof PushKey>;
export type WebSubscribe = z.infer<typeof WebSubscribe>;
export type MobileSubscribe = z.infer<typeof MobileSubscribe>;
export type Subscribe = z.infer<typeof Subscribe>;
export type Subscribed = z.infer<typeof Subscribed>;
export type Notification = z.infer<typeof Notification>;
