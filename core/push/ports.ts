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

/** A user who has to be notified of the message at `seq`, if they are nowhere online or a look has found that they miss it. */
export interface NotifyJob {
  readonly userId: string;
  readonly conversationId: string;
  readonly seq: number;
  /** The message's id of its client, by which the log can be followed. */
  readonly correlationId?: string | undefined;
  readonly looked?: true | undefined;
}

/** Users with open sockets. Who of them misses the message at `seq` is looked at when they had time to receive it. */
export interface LookJob {
  readonly userIds: readonly string[];
  readonly conversationId: string;
  readonly seq: number;
  readonly correlationId?: string | undefined;
  /** The second look, for those whose visible sockets kept the notification back. */
  readonly second?: true | undefined;
}

/** A user whose notifications of a conversation have to be taken back, if the messages were read or deleted. */
export interface TakeBackJob {
  readonly userId: string;
  readonly conversationId: string;
  readonly takeBack: true;
}

export type PushJob = NotifyJob | LookJob | TakeBackJob;

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

/** `withheld` means that the push service would punish the notification, because it shows nothing. */
export type Notified = 'sent' | 'gone' | 'withheld' | Failed;

/** Sends a notification to the push service of a device. It doesn't throw if the service fails. */
export type Notifier<T = Subscription> = (subscription: T, notification: Notification) => Promise<Notified>;
