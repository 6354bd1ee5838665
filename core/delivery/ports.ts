import type { ConversationLoader } from '#core/access.ts';
import type { Conversation, Member } from '#core/conversations/conversation.ts';
import type { AvatarUrl } from '#core/media/media.ts';
import type { Runtime } from '#core/runtime.ts';
import type { Event } from '#protocol/events.ts';
import type { Settings } from '#protocol/people.ts';

/** A member to whom changes are delivered. They may not see those up to `joinedSeq`. */
export type Recipient = Pick<Member, 'userId' | 'joinedSeq'>;

/** An open socket of a user. */
export interface Connection {
  readonly userId: string;
  readonly connectionId: string;
}

/** An open socket as its user's row has it. Its client is hidden if it said that nobody looks at it. */
export interface OpenConnection extends Connection {
  readonly hidden?: true | undefined;
}

/** An open socket, and since when it is open, in ms since 1970. */
export interface TimedConnection extends OpenConnection {
  readonly since: number;
}

/** The state of a user at some time. */
export interface UserState {
  readonly userId: string;
  readonly settings: Settings;
  readonly connections: readonly TimedConnection[];
  /** When they were there for the last time that is known, in ms since 1970: when the last socket closed that isn't among `connections`. */
  readonly lastSeenAt: number | undefined;
  /** False if the user has never blocked anybody. */
  readonly mayBlock: boolean;
  /** When the last of the user's push subscriptions ends, in ms since 1970. */
  readonly pushUntil: number | undefined;
}

/** What delivery needs from the outside. */
export interface DeliveryPorts extends ConversationLoader, Pick<Runtime, 'now' | 'sleep'> {
  /** All members of a conversation, at least as recent as the given conversation. */
  recipientsOf(conversation: Conversation): Promise<readonly Recipient[]>;
  /** The open connections of some users at `now`, in ms since 1970. */
  connectionsOf(userIds: readonly string[], now: number): Promise<Connection[]>;
  /** The states of those users who exist, in no particular order. */
  statesOf(userIds: readonly string[], now: number): Promise<UserState[]>;
  /** The users whom a user has blocked. */
  blockedBy(userId: string): Promise<readonly string[]>;
  /** Delivers events to connections, in their order. What can't be delivered now is tried again later. */
  deliver(events: readonly Event[], connections: readonly Connection[]): Promise<void>;
  readonly avatarUrl: AvatarUrl;
}

/**
 * Delivers an event that is useless later. It isn't queued for another try. Returns the number of connections that were not
 * reached.
 */
export type DeliverOnce = (event: Event, connections: readonly Connection[]) => Promise<number>;
