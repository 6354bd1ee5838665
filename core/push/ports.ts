import type { MobileSubscribe, Notification, WebSubscribe } from '#protocol/push.ts';

/** An app on a mobile device, under the name that SNS has given its token. */
export interface MobileAddress {
  readonly platform: MobileSubscribe['platform'];
  readonly endpointArn: string;
}

/** What is known of a device that wants to be pushed to, for one login of its user. */
interface Device {
  readonly userId: string;
  readonly familyId: string;
  readonly id: string;
}

export type WebSubscription = Device & WebSubscribe;
export type MobileSubscription = Device & MobileAddress;
export type Subscription = WebSubscription | MobileSubscription;

/** That someone may have to be notified of the message at `seq`. */
export interface PushJob {
  readonly userId: string;
  readonly conversationId: string;
  readonly seq: number;
}

/** What a push service made of a notification; a failed one may be tried again, after so many ms if the service says so. */
export type Notified = 'sent' | 'gone' | { readonly failed: string; readonly retryAfterMs?: number | undefined };

/** Hands a notification to the push service of a device. Never throws for what the service does. */
export type Notifier<T = Subscription> = (subscription: T, notification: Notification) => Promise<Notified>;
