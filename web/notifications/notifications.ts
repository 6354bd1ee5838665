import { openConversation } from '#web/app/navigation.ts';
import { storage } from '#web/session/storage.ts';
import { language } from '#web/words/locale.ts';

/** Whether this browser supports Web Push. */
export const canNotify = 'serviceWorker' in navigator && 'PushManager' in globalThis;

/** A key of `localStorage`, which is there if notifications are turned off. */
export const offKey = 'storm:notifications-off';

if (canNotify)
  navigator.serviceWorker.addEventListener('message', ({ data }) => {
    if (typeof data?.open === 'string') openConversation(data.open);
  });

/** Whether the person has turned notifications off in this browser. */
export function isTurnedOff(): boolean {
  return !canNotify || storage.get(offKey) !== undefined;
}

/** Unsubscribes at the push service. The server deletes its subscription when the push service answers that it is gone. */
export async function unsubscribe(): Promise<void> {
  await (await currentSubscription())?.unsubscribe();
}

/** Sets the app's badge, and closes the notifications of conversations that were read since, here or on another device. */
export async function syncNotifications(badge: number, unreadIds: readonly string[]): Promise<void> {
  if (!canNotify) return;
  // `setAppBadge` rejects in a page that isn't installed as an app.
  await navigator.setAppBadge?.(badge).catch(() => undefined);
  const registration = await navigator.serviceWorker.getRegistration();
  const shown = (await registration?.getNotifications()) ?? [];
  for (const notification of shown) if (!unreadIds.includes(notification.tag)) notification.close();
}

/** Closes the notification of a message that was deleted, unless it is of a newer message by now. */
export async function takeBack(conversationId: string, seq: number): Promise<void> {
  if (!canNotify) return;
  const registration = await navigator.serviceWorker.getRegistration();
  const shown = (await registration?.getNotifications({ tag: conversationId })) ?? [];
  for (const notification of shown) if (notification.data?.seq === seq) notification.close();
}

/**
 * The content security policy requires Trusted Types, so the script's address has to come from a policy. It allows one policy of this
 * name (lib/constructs/site.ts), so that no other code can make one.
 */
const workerUrl = `/worker.js?${language}`;
const workerPolicy = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy('service-worker', {
  createScriptURL: () => workerUrl,
});

export async function register(): Promise<ServiceWorkerRegistration> {
  await navigator.serviceWorker.register(workerPolicy?.createScriptURL('') ?? workerUrl);
  return navigator.serviceWorker.ready;
}

/** TypeScript's DOM library lacks Trusted Types. What a policy makes is typed as a string here, which `register` takes. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: () => string },
  ): { createScriptURL(input: string): string } | undefined;
}

export async function currentSubscription(): Promise<PushSubscription | undefined> {
  if (!canNotify) return undefined;
  const registration = await navigator.serviceWorker.getRegistration();
  return (await registration?.pushManager.getSubscription()) ?? undefined;
}
