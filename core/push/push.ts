import { type ConversationLoader, maySee, type OwnConversation, ownOf } from '#core/access.ts';
import type { Change, MessageChange } from '#core/conversations/change.ts';
import type { Conversation } from '#core/conversations/conversation.ts';
import type { UserState } from '#core/delivery/ports.ts';
import { isSubscribed } from '#core/delivery/subscribed.ts';
import { unreadOf } from '#core/messages/unread.ts';
import type { Notification } from '#protocol/push.ts';
import { type BadgeStore, badgeOf } from './badge.ts';
import { hasReceived } from './look.ts';
import { namesOfMedia } from './media-names.ts';
import { type DeviceStore, notifyDevice } from './notify-device.ts';
import type { Notifier, NotifyJob, Subscription } from './ports.ts';

export interface PushStore extends ConversationLoader, BadgeStore, DeviceStore {
  statesOf(
    userIds: readonly string[],
    now: number,
    options?: { consistent: true },
  ): Promise<Omit<UserState, 'mayBlock' | 'lastSeenAt'>[]>;
  at(conversationId: string, seqs: readonly number[]): Promise<Change[]>;
  isMuted(userId: string, conversationId: string): Promise<boolean>;
  hasBlocked(by: string, userId: string): Promise<boolean>;
  nameOf(userId: string): Promise<string | undefined>;
  /** The subscriptions whose login has not ended. */
  subscriptionsOf(userId: string, now: number): Promise<Subscription[]>;
  /** The `seq` of the newest message of a conversation that each device of a user shows, by subscription. */
  pushedSeqs(userId: string, conversationId: string): Promise<ReadonlyMap<string, number>>;
  /** Stores that a message was pushed to a device, unless a newer one was. */
  markPushed(subscription: Subscription, conversationId: string, seq: number, now: number): Promise<void>;
  forgetPush(userId: string, until: number): Promise<void>;
}

/** The outcome of a job for all devices. A job that runs `again` notifies only the devices that are missing. */
export interface Pushed {
  readonly sent: number;
  readonly gone: number;
  readonly failures: readonly string[];
  /**
   * Whether another try can help, and if so, whether one of the devices is an app. `after a look` means that the user has come
   * online, and may still receive the message.
   */
  readonly again: 'no' | 'for browsers' | 'for apps' | 'after a look';
  /** The longest time, in ms, that a push service asks to wait. */
  readonly retryAfterMs: number;
}

/**
 * The most characters of a message in a notification, which has at most 4 KB ("Message Encryption for Web Push", RFC 8291,
 * section 4).
 */
const bodyCharacters = 300;

/**
 * Notifies a user's devices of a message. It does nothing if a visible client has received the message, or the user has read it, has
 * left or muted the conversation or blocked the sender, or if the message is deleted. `now` is in ms since 1970. It is stored that a device was
 * notified after its push service has accepted the notification. If the job dies in between, it sends the same notification again
 * (decision 0063).
 */
export async function push(store: PushStore, notify: Notifier, job: NotifyJob, now: number): Promise<Pushed> {
  const { userId, conversationId, seq, looked } = job;
  const nothing: Pushed = { sent: 0, gone: 0, failures: [], again: 'no', retryAfterMs: 0 };
  const [person] = await store.statesOf([userId], now, { consistent: true });
  if (!person || !isSubscribed(person, now)) return nothing;
  if (!looked && person.connections.length > 0) return { ...nothing, again: 'after a look' };
  const [loaded, [message], isMuted] = await Promise.all([
    store.load(conversationId, [userId]),
    store.at(conversationId, [seq]),
    store.isMuted(userId, conversationId),
  ]);
  const own = ownOf(loaded, userId);
  if (!own || message?.type !== 'message' || message.deletedAt !== undefined) return nothing;
  const { conversation, me } = own;
  if (!maySee(conversation, me, seq) || hasReceived(me, seq)) return nothing;
  if (isMuted || (await store.hasBlocked(userId, message.senderId))) return nothing;

  const subscriptions = await store.subscriptionsOf(userId, now);
  if (subscriptions.length === 0) await store.forgetPush(userId, person.pushUntil ?? 0);
  const pushed = await store.pushedSeqs(userId, conversationId);
  const devices = subscriptions.filter(({ id }) => (pushed.get(id) ?? 0) < seq);
  if (devices.length === 0) return nothing;

  const notification: Notification = {
    ...(await countsOf(store, own, false)),
    ...(person.settings.pushText && (await wordsOf(store, conversation, message))),
    conversationId,
    seq,
  };
  const outcomes = await Promise.all(
    devices.map(async (device) => {
      const outcome = await notifyDevice(store, notify, device, notification, now);
      if (outcome === 'sent') await store.markPushed(device, conversationId, seq, now);
      return outcome;
    }),
  );
  const failed = outcomes.filter((outcome) => typeof outcome === 'object');
  const missing = devices.filter((_, i) => {
    const outcome = outcomes[i];
    return typeof outcome === 'object' && !outcome.final;
  });
  return {
    sent: outcomes.filter((outcome) => outcome === 'sent').length,
    gone: outcomes.filter((outcome) => outcome === 'gone').length,
    failures: failed.map((outcome) => outcome.failed),
    again: missing.length === 0 ? 'no' : missing.some((device) => 'platform' in device) ? 'for apps' : 'for browsers',
    retryAfterMs: Math.max(0, ...failed.map(({ retryAfterMs = 0, final }) => (final ? 0 : retryAfterMs))),
  };
}

/** The unread messages of a conversation, and of all that the user hasn't muted. */
export async function countsOf(
  store: BadgeStore,
  own: OwnConversation,
  isMuted: boolean,
): Promise<{ unread: number; badge: number }> {
  const unread = await unreadOf(store, own);
  return { unread, badge: await badgeOf(store, own.me.userId, own.conversation.id, isMuted ? 0 : unread) };
}

async function wordsOf(
  store: PushStore,
  { name, type }: Conversation,
  { senderId, text, media = [] }: MessageChange,
): Promise<{ title: string; body: string }> {
  const sender = (await store.nameOf(senderId)) ?? 'Someone';
  const words = text || namesOfMedia(media);
  const characters = [...words];
  const body = characters.length > bodyCharacters ? `${characters.slice(0, bodyCharacters - 1).join('')}…` : words;
  return type === 'direct' ? { title: sender, body } : { title: name ?? 'Group', body: `${sender}: ${body}` };
}
