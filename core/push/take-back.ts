import { ownOf } from '#core/access.ts';
import { notifyDevice } from './notify-device.ts';
import type { Notifier, Subscription, TakeBackJob } from './ports.ts';
import { countsOf, type PushStore } from './push.ts';

export interface TakeBackStore extends PushStore {
  /** Forgets that a message was pushed to a device. Returns false if a newer one was, or if that is forgotten already. */
  forgetPushed(subscription: Subscription, conversationId: string, seq: number): Promise<boolean>;
}

/**
 * Takes a user's notifications of a conversation back, where the messages were read or deleted, and returns how many. It is tried
 * once: a notification that stays goes when its app is opened. It is forgotten first, so that the push of a newer message, which has
 * the same topic, isn't replaced at the push service.
 */
export async function takeBack(
  store: TakeBackStore,
  notify: Notifier,
  { userId, conversationId }: TakeBackJob,
  now: number,
): Promise<number> {
  const pushed = await store.pushedSeqs(userId, conversationId);
  if (pushed.size === 0) return 0;
  const [loaded, messages, isMuted, subscriptions] = await Promise.all([
    store.load(conversationId, [userId]),
    store.at(conversationId, [...new Set(pushed.values())]),
    store.isMuted(userId, conversationId),
    store.subscriptionsOf(userId, now),
  ]);
  const own = ownOf(loaded, userId);
  if (!own) return 0;
  const deleted = new Set(
    messages.filter((change) => change.type === 'message' && change.deletedAt !== undefined).map(({ seq }) => seq),
  );
  const shown = subscriptions.flatMap((device) => {
    const seq = pushed.get(device.id) ?? 0;
    // An endpoint that fails isn't bothered with this.
    const fails = 'failing' in device && device.failing !== undefined;
    return !fails && seq > 0 && (seq <= own.me.readSeq || deleted.has(seq)) ? { device, seq } : [];
  });
  if (shown.length === 0) return 0;
  const counts = await countsOf(store, own, isMuted);
  const outcomes = await Promise.all(
    shown.map(async ({ device, seq }) => {
      if (!(await store.forgetPushed(device, conversationId, seq))) return 'withheld';
      return notifyDevice(store, notify, device, { ...counts, conversationId, seq, takenBack: true }, now);
    }),
  );
  return outcomes.filter((outcome) => outcome === 'sent').length;
}
