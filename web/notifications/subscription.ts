import { signal } from '@preact/signals';
import type { Api, Failure } from '#client/index.ts';
import type { WebSubscribe } from '#protocol/push.ts';
import { failureMessage } from '#web/app/failure-messages.ts';
import { storage } from '#web/session/storage.ts';
import { words } from '#web/words/notifications.ts';
import { currentSubscription, offKey, register, unsubscribe } from './notifications.ts';

/** Whether this browser notifies. */
export const areNotificationsOn = signal(false);

/**
 * Finds out whether notifications are on. A subscription ends on the server with the login that made it, so it is
 * registered again.
 */
export async function resumeNotifications(api: Api): Promise<void> {
  const subscription = await currentSubscription();
  areNotificationsOn.value = subscription !== undefined && 'ok' in (await api.subscribePush(contentOf(subscription)));
}

/** Turns notifications on or off. Resolves with why that can't be, and with an empty text if it is done. Must be called from a click. */
export async function toggleNotifications(api: Api): Promise<string> {
  try {
    const failure = areNotificationsOn.peek() ? await turnOff() : await turnOn(api);
    if (failure === 'denied') return words.denied;
    if (failure) return failureMessage(failure);
    areNotificationsOn.value = !areNotificationsOn.peek();
    return '';
  } catch (cause) {
    console.warn(cause);
    return words.noService;
  }
}

/**
 * Asks the person for permission, which browsers allow after a click alone, and subscribes.
 * @throws if the browser's push service can't be reached
 */
async function turnOn(api: Api): Promise<Failure | 'denied' | undefined> {
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
async function turnOff(): Promise<undefined> {
  storage.set(offKey, '');
  await unsubscribe();
}

function contentOf(subscription: PushSubscription): WebSubscribe {
  const { endpoint = '', keys: { p256dh = '', auth = '' } = {} } = subscription.toJSON();
  return { endpoint, keys: { p256dh, auth } };
}
