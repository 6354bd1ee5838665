import type { Api, Failure } from '#client/index.ts';
import type { WebSubscribe } from '#protocol/push.ts';
import { openConversation } from '#web/app/navigation.ts';

/** Whether this browser can show what is pushed to it. */
export const canNotify = 'serviceWorker' in navigator && 'PushManager' in globalThis;

if (canNotify)
  navigator.serviceWorker.addEventListener('message', ({ data }) => {
    if (typeof data?.open === 'string') openConversation(data.open);
  });

/** Whether notifications are on. The subscription goes to the server again: it ends with the login it was made by. */
export async function resumeNotifications(api: Api): Promise<boolean> {
  const subscription = await current();
  return subscription !== undefined && 'ok' in (await api.subscribePush(contentOf(subscription)));
}

/** Asks the person, so only ever on a click. Throws when the browser has no push service. */
export async function turnOnNotifications(api: Api): Promise<Failure | 'denied' | undefined> {
  if ((await Notification.requestPermission()) !== 'granted') return 'denied';
  const key = await api.pushKey();
  if ('error' in key) return key.error;
  const registration = await register();
  const options = { userVisibleOnly: true, applicationServerKey: key.ok.publicKey };
  const subscribed = await api.subscribePush(contentOf(await registration.pushManager.subscribe(options)));
  return 'error' in subscribed ? subscribed.error : undefined;
}

/** The push service then answers that the subscription is gone, so the server forgets it, too. */
export async function turnOffNotifications(): Promise<void> {
  await (await current())?.unsubscribe();
}

/** Keeps the app's badge at what is unread, and takes away what was shown of conversations that were read since, here or elsewhere. */
export async function settleNotifications(badge: number, unreadIds: readonly string[]): Promise<void> {
  if (!canNotify) return;
  // An app that isn't installed has no badge.
  await navigator.setAppBadge?.(badge).catch(() => undefined);
  const registration = await navigator.serviceWorker.getRegistration();
  const shown = (await registration?.getNotifications()) ?? [];
  for (const notification of shown) if (!unreadIds.includes(notification.tag)) notification.close();
}

async function register(): Promise<ServiceWorkerRegistration> {
  // The page's policy wants scripts to come from a place that was thought of.
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  const policy = trustedTypes?.createPolicy('service-worker', { createScriptURL: () => '/worker.js' });
  await navigator.serviceWorker.register(policy?.createScriptURL('') ?? '/worker.js');
  return navigator.serviceWorker.ready;
}

/** TypeScript's DOM takes what policies make for strings. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: () => string },
  ): { createScriptURL(input: string): string } | undefined;
}

async function current(): Promise<PushSubscription | undefined> {
  if (!canNotify) return undefined;
  const registration = await navigator.serviceWorker.getRegistration();
  return (await registration?.pushManager.getSubscription()) ?? undefined;
}

function contentOf(subscription: PushSubscription): WebSubscribe {
  const { endpoint = '', keys: { p256dh = '', auth = '' } = {} } = subscription.toJSON();
  return { endpoint, keys: { p256dh, auth } };
}
