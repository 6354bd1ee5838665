import type { Notification } from '#protocol/push.ts';
import { endsWith, type Failing, failedAgain, isWorthWaiting } from './failing.ts';
import type { Failed, Notified, Notifier, Subscription, WebSubscription } from './ports.ts';

export interface DeviceStore {
  unsubscribe(userId: string, id: string): Promise<void>;
  /**
   * Stores how the endpoint fails, or with undefined that it doesn't. Returns false, and stores nothing, unless its state is the
   * one that was read with the subscription.
   */
  setFailing(subscription: WebSubscription, next: Failing | undefined): Promise<boolean>;
}

/**
 * Notifies one device. A subscription that is gone, or whose endpoint has failed for too long, is ended (decision 0112). An
 * endpoint that fails is tried by one job at a time: the job that stores the next failure in advance.
 */
export async function notifyDevice(
  store: DeviceStore,
  notify: Notifier,
  device: Subscription,
  notification: Notification,
  now: number,
): Promise<Notified> {
  const outcome =
    'platform' in device || device.failing === undefined
      ? await notify(device, notification)
      : await tryAgain(store, notify, device, device.failing, notification, now);
  if (outcome === 'gone') await store.unsubscribe(device.userId, device.id);
  if (typeof outcome === 'object' && !outcome.untried && !('platform' in device) && device.failing === undefined)
    await store.setFailing(device, failedAgain(undefined, now));
  return outcome;
}

async function tryAgain(
  store: DeviceStore,
  notify: Notifier,
  device: WebSubscription,
  before: Failing,
  notification: Notification,
  now: number,
): Promise<Notified> {
  if (now < before.restsUntil) return resting(before, now);
  const failing = failedAgain(before, now);
  if (!(await store.setFailing(device, failing))) return resting(failing, now);
  const outcome = await notify(device, notification);
  if (outcome === 'sent') await store.setFailing({ ...device, failing }, undefined);
  if (typeof outcome !== 'object') return outcome;
  if (endsWith(failing, now)) return 'gone';
  return isWorthWaiting(failing) ? outcome : { ...outcome, final: true };
}

function resting(failing: Failing, now: number): Failed {
  return {
    failed: 'The endpoint has failed, and rests',
    untried: true,
    retryAfterMs: failing.restsUntil - now,
    ...(!isWorthWaiting(failing) && { final: true as const }),
  };
}
