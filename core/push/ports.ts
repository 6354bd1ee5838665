import type { Notification, Subscribe } from '../../protocol/push.ts';

/** A device that wants to be pushed to, made by one login of its user. */
export interface Subscription extends Subscribe {
  readonly userId: string;
  readonly familyId: string;
  readonly id: string;
}

/** That someone may have to be notified of the message at `seq`. */
export interface PushJob {
  readonly userId: string;
  readonly conversationId: string;
  readonly seq: number;
}

/** What a push service made of a notification; a failed one may be tried again, after so many ms if the service says so. */
export type Notified = 'sent' | 'gone' | { readonly failed: string; readonly retryAfterMs?: number | undefined };

/** Hands a notification to the push service of a device. Never throws for what the service does. */
export type Notifier = (subscription: Subscription, notification: Notification) => Promise<Notified>;
