import type { ConversationLoader } from '#core/access.ts';
import type { Conversation, Member } from '#core/conversations/conversation.ts';
import type { AvatarUrl } from '#core/media/media.ts';
import type { Runtime } from '#core/runtime.ts';
import type { Event } from '#protocol/events.ts';
import type { Settings } from '#protocol/people.ts';

/** A member as one who hears of a conversation: what came up to `joinedSeq` may not be for them. */
export type Recipient = Pick<Member, 'userId' | 'joinedSeq'>;

/** An open socket of a user. */
export interface Connection {
  readonly userId: string;
  readonly connectionId: string;
}

/** A user as they are at some time. */
export interface UserState {
  readonly userId: string;
  readonly settings: Settings;
  readonly connections: readonly Connection[];
  /** Until when they may have push subscriptions, in ms since 1970. */
  readonly pushUntil: number | undefined;
}

/** What delivering needs of the world. */
export interface DeliveryPorts extends ConversationLoader, Pick<Runtime, 'now' | 'sleep'> {
  /** All members of a conversation, at least as new as the conversation is given. */
  recipientsOf(conversation: Conversation): Promise<readonly Recipient[]>;
  /** The open connections of some users at `now`, in ms since 1970. */
  connectionsOf(userIds: readonly string[], now: number): Promise<Connection[]>;
  /** Those of some users who exist, in no order. */
  statesOf(userIds: readonly string[], now: number): Promise<UserState[]>;
  /** Gives events to connections, in their order. What can't be delivered now is tried again later. */
  deliver(events: readonly Event[], connections: readonly Connection[]): Promise<void>;
  readonly avatarUrl: AvatarUrl;
}

/** Gives an event that is worth nothing later to connections, once. Answers how many of them it did not reach. */
export type DeliverOnce = (event: Event, connections: readonly Connection[]) => Promise<number>;
