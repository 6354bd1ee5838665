import type { MobileSubscribe, Notification, WebSubscribe } from '#protocol/push.ts';
import type { Failing } from './failing.ts';

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

/** A browser. `failing` is there if the last post to its endpoint failed. */
export type WebSubscription = Device & WebSubscribe & { readonly failing?: Failing | undefined };
export type MobileSubscription = Device & MobileAddress;
export type Subscription = WebSubscription | MobileSubscription;

/** A user who may have to be notified of the message at `seq`. */
export interface PushJob {
  readonly userId: string;
  readonly conversationId: string;
  readonly seq: number;
  /** The message's id of its client, by which the log can be followed. */
  readonly correlationId?: string | undefined;
}

/** A notification that was not taken. It can be tried again, not before `retryAfterMs` if the push service asks for that. */
export interface Failed {
  /** The reason, for the log. */
  readonly failed: string;
  readonly retryAfterMs?: number | undefined;
  /** Another try would fail as well, or isn't worth it. */
  readonly final?: true;
  /** Nothing was posted, so it says nothing of the device. */
  readonly untried?: true;
}

export type Notified = 'sent' | 'gone' | Failed;

/** Sends a notification to the push service of a device. It doesn't throw if the service fails. */
export type Notifier<T = Subscription> = (subscription: T, notification: Notification) => Promise<Notified>;
