import { fail, type Result } from '#protocol/failures.ts';
import type { Conversation, Member } from './conversations/conversation.ts';

/** A conversation, and the entry of the member who asks for it. */
export interface OwnConversation {
  readonly conversation: Conversation;
  readonly me: Member;
}

export interface ConversationLoader {
  /** Loads a conversation consistently. `members` of a large one has only those of `userIds` who are members. */
  load(conversationId: string, userIds: readonly string[]): Promise<Conversation | undefined>;
}

/** Loads a conversation for one of its members. Errors: `not_found`, and `forbidden` if the user isn't a member. */
export async function loadOwn(
  store: ConversationLoader,
  userId: string,
  conversationId: string,
): Promise<Result<OwnConversation>> {
  return requireOwn(await store.load(conversationId, [userId]), userId);
}

/** The same as `loadOwn` for a conversation that is already loaded. */
export function requireOwn(conversation: Conversation | undefined, userId: string): Result<OwnConversation> {
  const own = ownOf(conversation, userId);
  return own ? { ok: own } : fail(conversation ? 'forbidden' : 'not_found');
}

/** A loaded conversation with a user's entry, or undefined if they aren't a member. */
export function ownOf(conversation: Conversation | undefined, userId: string): OwnConversation | undefined {
  const me = conversation?.members.get(userId);
  return conversation && me && { conversation, me: asOf(conversation, me) };
}

/**
 * A member as of the newest change of the conversation. The head and the members of a large one are items of their own, which aren't read at
 * one moment. A read pointer beyond that change would leave fewer than no messages unread.
 */
function asOf({ large, seq, n }: Conversation, me: Member): Member {
  return large && me.readSeq > seq ? { ...me, readSeq: seq, readN: n } : me;
}

/**
 * Whether a member may send, edit, react and show that they type. If the other member of a direct conversation has blocked them,
 * they may only read it and delete their own messages. Errors: `forbidden`.
 */
export function mayWrite({ blocked }: Pick<Member, 'blocked'>): Result<object> {
  return blocked ? refusedByBlock() : { ok: {} };
}

/**
 * Whether a member of a direct conversation has agreed to it: they created it, or have written in it. Until then the one who created
 * it learns nothing of them (decision 0095). In a conversation from before its creator was stored, only writing counts.
 */
export function agrees({ begunBy, members }: Pick<Conversation, 'begunBy' | 'members'>, userId: string): boolean {
  return begunBy === userId || members.get(userId)?.mark !== undefined;
}

/**
 * Whether the other members learn what a member receives, reads and types. In a direct conversation they do if the member agrees to
 * it and neither of the two has blocked the other. In a group it depends on the blocks between the members (`blocksAmong`).
 */
export function showsActivity(
  conversation: Pick<Conversation, 'type' | 'begunBy' | 'members'>,
  userId: string,
): boolean {
  if (conversation.type === 'group') return true;
  return agrees(conversation, userId) && ![...conversation.members.values()].some(({ blocked }) => blocked);
}

/** The failure for a user who is blocked. It doesn't mention the block. */
export function refusedByBlock() {
  return fail('forbidden', "You can't write to this person.");
}

/** Whether a member is an owner or admin. A direct conversation has neither. */
export function manages(member: Pick<Member, 'role'> | undefined): boolean {
  return member?.role === 'owner' || member?.role === 'admin';
}

/**
 * The `seq` of the last change that a member may not see. It is the last one before they joined, or 0 in a group that shows its
 * whole history.
 */
export function floorOf({ history }: Pick<Conversation, 'history'>, { joinedSeq }: Pick<Member, 'joinedSeq'>): number {
  return history === 'all' ? 0 : joinedSeq;
}

/** Whether a member may see the change at a `seq`. */
export function maySee(
  conversation: Pick<Conversation, 'history'>,
  member: Pick<Member, 'joinedSeq'>,
  seq: number,
): boolean {
  return seq > floorOf(conversation, member);
}

/** Whether `callerId` may mute a conversation for `userId`. Users may only do so for themselves. Errors: `forbidden`. */
export function mayMute(callerId: string, userId: string): Result<object> {
  return userId === callerId ? { ok: {} } : fail('forbidden', "Muting is everyone's own.");
}
