import type { MobileSubscribe, Notification, WebSubscribe } from '#protocol/push.ts';

/** An app on a mobile device. `endpointArn` is the ARN that SNS has given to its token. */
export interface MobileAddress {
  readonly platform: MobileSubscribe['platform'];
  readonly endpointArn: string;
}

/** A subscribed device, for one login of its user. */
interface Device {
  readonly userId: string;
  readonly familyId: string;
  readonly id: string;
}

export type WebSubscription = Device & WebSubscribe;
export type MobileSubscription = Device & MobileAddress;
export type Subscription = WebSubscription | MobileSubscription;

/** A user who may have to be notified of the message at `seq`. */
export interface PushJob {
  readonly userId: string;
  readonly conversationId: string;
  readonly seq: number;
}

/** The outcome of a notification. A failed one can be tried again, not before `retryAfterMs` if the push service asks for that. */
export type Notified = 'sent' | 'gone' | { readonly failed: string; readonly retryAfterMs?: number | undefined };

/** Sends a notification to the push service of a device. It doesn't throw if the service fails. */
export type Notifier<T = Subscription> = (subscription: T, notification: Notification) => Promise<Notified>;
