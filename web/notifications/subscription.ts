import type { Api, Failure } from '#client/index.ts';
import type { WebSubscribe } from '#protocol/push.ts';
import { storage } from '#web/session/storage.ts';
import { currentSubscription, offKey, register, unsubscribe } from './notifications.ts';

/**
 * Resolves with whether notifications are on. A subscription ends on the server with the login that made it, so it is
 * registered again.
 */
export async function resumeNotifications(api: Api): Promise<boolean> {
  const subscription = await currentSubscription();
  return subscription !== undefined && 'ok' in (await api.subscribePush(contentOf(subscription)));
}

/**
 * Asks the person for permission and subscribes. Must be called from a click, as browsers require for the question.
 * @throws if the browser's push service can't be reached
 */
export async function turnOnNotifications(api: Api): Promise<Failure | 'denied' | undefined> {
  storage.remove(offKey);
  if ((await Notification.requestPermission()) !== 'granted') return 'denied';
  const key = await api.pushKey();
  if ('error' in key) return key.error;
  const registration = await register();
  const options = { userVisibleOnly: true, applicationServerKey: key.ok.publicKey };
  const subscribed = await api.subscribePush(contentOf(await registration.pushManager.subscribe(options)));
  return 'error' in subscribed ? subscribed.error : undefined;
}

/** Turns notifications off in this browser until they are turned on again. */
export async function turnOffNotifications(): Promise<void> {
  storage.set(offKey, '');
  await unsubscribe();
}

function contentOf(subscription: PushSubscription): WebSubscribe {
  const { endpoint = '', keys: { p256dh = '', auth = '' } = {} } = subscription.toJSON();
  return { endpoint, keys: { p256dh, auth } };
}
