import { manages } from '#core/access.ts';
import type { MessageChange, Reaction, RevisionChange } from '#core/conversations/change.ts';
import { type Conversation, fanoutFor, type Member } from '#core/conversations/conversation.ts';
import { fullyQualified } from '#protocol/emoji.ts';
import { fail, type Result } from '#protocol/failures.ts';
import { limits } from '#protocol/limits.ts';
import { hashOf } from './message.ts';
import { includesEmoji } from './reactions.ts';

/** A message that a member is about to change, in its present state. */
export interface Subject {
  readonly conversation: Conversation;
  readonly member: Member;
  readonly message: MessageChange;
  /** The emoji with which the member has reacted to it. */
  readonly mine: readonly string[];
}

/** The plan of an edit, a deletion or a reaction. */
export interface Revision {
  readonly change: RevisionChange;
  /** The message afterwards. */
  readonly message: MessageChange;
  /** The emojis of the member's reactions afterwards, if they change. */
  readonly mine?: readonly string[];
  /** The `seq` of the edits whose earlier texts are removed. */
  readonly forgotten?: readonly number[];
}

const deleted = () => fail('conflict', 'The message was deleted.');

/** Plans an edit, or returns undefined if the message has this text. Errors: `forbidden`, `conflict`. */
export function planEdit(subject: Subject, text: string, now: number): Result<Revision | undefined> {
  const { member, message } = subject;
  if (message.senderId !== member.userId) return fail('forbidden', 'Only its author edits a message.');
  if (message.deletedAt !== undefined) return deleted();
  if (message.text === text) return { ok: undefined };
  const { edits = [], originalHash = hashOf(message.text) } = message;
  if (edits.length >= limits.editsPerMessage)
    return fail('conflict', `A message is edited at most ${limits.editsPerMessage} times.`);
  const at = placeOf(subject);
  return {
    ok: {
      change: { type: 'edited', ...at, at: now, before: message.text },
      message: { ...message, text, originalHash, editedAt: now, edits: [...edits, at.seq], updatedSeq: at.seq },
    },
  };
}

/** Plans a deletion, which leaves an empty message. Returns undefined if the message is already deleted. Errors: `forbidden`. */
export function planDelete(subject: Subject, now: number): Result<Revision | undefined> {
  const { member, message } = subject;
  if (message.senderId !== member.userId && !manages(member))
    return fail('forbidden', 'Only its author and those who run the group delete a message.');
  if (message.deletedAt !== undefined) return { ok: undefined };
  const at = placeOf(subject);
  const { type, conversationId, seq, n, senderId, clientId, replyTo, sentAt, edits = [] } = message;
  const identity = { type, conversationId, seq, n, senderId, clientId, replyTo, sentAt };
  return {
    ok: {
      change: { type: 'deleted', ...at },
      message: { ...identity, text: '', deletedAt: now, updatedSeq: at.seq },
      forgotten: edits,
    },
  };
}

/** Plans to add or remove a reaction of the member. Returns undefined if nothing would change. Errors: `conflict`. */
export function planReact(subject: Subject, emoji: string, remove: boolean): Result<Revision | undefined> {
  const { member, message, mine } = subject;
  if (message.deletedAt !== undefined) return deleted();
  if (includesEmoji(mine, emoji) !== remove) return { ok: undefined };
  const reactions = remove
    ? without(message.reactions, emoji, member.userId)
    : withOne(message.reactions, emoji, member.userId);
  if (reactions.length > limits.emojiPerMessage)
    return fail('conflict', `A message has at most ${limits.emojiPerMessage} different reactions.`);
  const at = placeOf(subject);
  return {
    ok: {
      change: { type: 'reacted', ...at, emoji, ...(remove && { removed: true }) },
      message: { ...message, reactions, updatedSeq: at.seq },
      mine: remove ? mine.filter((one) => fullyQualified(one) !== emoji) : [...mine, emoji],
    },
  };
}

function withOne(reactions: readonly Reaction[] = [], emoji: string, userId: string): Reaction[] {
  if (!reactions.some((reaction) => reaction.emoji === emoji))
    return [...reactions, { emoji, count: 1, userIds: [userId] }];
  return reactions.map((reaction) => {
    if (reaction.emoji !== emoji) return reaction;
    const listed = reaction.userIds.length < limits.listedReactors ? [userId] : [];
    return { emoji, count: reaction.count + 1, userIds: [...reaction.userIds, ...listed] };
  });
}

function without(reactions: readonly Reaction[] = [], emoji: string, userId: string): Reaction[] {
  return reactions.flatMap((reaction) => {
    if (reaction.emoji !== emoji) return reaction;
    const userIds = reaction.userIds.filter((one) => one !== userId);
    return reaction.count > 1 ? { emoji, count: reaction.count - 1, userIds } : [];
  });
}

/** The next number of the conversation, for a change of this message by this member. */
function placeOf({ conversation: { id, seq, n, memberCount }, member, message }: Subject) {
  return { conversationId: id, seq: seq + 1, n, target: message.seq, by: member.userId, ...fanoutFor(memberCount) };
}
