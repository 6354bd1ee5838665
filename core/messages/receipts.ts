import type { OwnConversation } from '#core/access.ts';
import type { Change } from '#core/conversations/change.ts';
import type { Conversation, Member } from '#core/conversations/conversation.ts';
import type { Runtime } from '#core/runtime.ts';
import { fail, type Result } from '#protocol/failures.ts';
import { limits } from '#protocol/limits.ts';
import type { Settings } from '#protocol/people.ts';
import type { Receipt, Receipts, SendReceipt } from '#protocol/receipts.ts';

type Move = 'moved' | 'no_conversation' | 'no_member';

export interface ReceiptStore {
  /** The newest change up to a `seq`. */
  upTo(conversationId: string, seq: number): Promise<Change | undefined>;
  /** Both leave a pointer that is as far already where it is. */
  moveRead(conversationId: string, userId: string, at: { seq: number; n: number }): Promise<Move>;
  moveDelivered(conversationId: string, userId: string, seq: number): Promise<Move>;
}

/** Moves what a member has received or read forward, never past what is there. Errors: `not_found`, `forbidden`. */
export async function receive(
  store: ReceiptStore,
  userId: string,
  { conversationId, seq, status }: Pick<SendReceipt, 'conversationId' | 'seq' | 'status'>,
): Promise<Result<object>> {
  const at = (await store.upTo(conversationId, seq)) ?? { seq: 0, n: 0 };
  const result =
    status === 'read'
      ? await store.moveRead(conversationId, userId, at)
      : await store.moveDelivered(conversationId, userId, at.seq);
  if (result === 'no_conversation') return fail('not_found');
  if (result === 'no_member') return fail('forbidden');
  return { ok: {} };
}

type Pointers = Pick<Member, 'userId' | 'deliveredSeq' | 'readSeq'>;

/** How far a member is. What they have read is hidden from others where they want it so; it was delivered in any case. */
export function receiptOf({ userId, deliveredSeq, readSeq }: Pointers, readHidden: boolean): Receipt {
  return { userId, delivered: Math.max(deliveredSeq, readSeq), read: readHidden ? 0 : readSeq };
}

/** Whether members see how far the others are. In larger rooms everyone sees only themselves. */
export function showsReceipts({ memberCount }: Pick<Conversation, 'memberCount'>): boolean {
  return memberCount <= limits.receiptMembers;
}

interface PersonState {
  readonly userId: string;
  readonly settings: Settings;
}

export interface ReceiptReader extends Pick<Runtime, 'now'> {
  /** All members of a large conversation. */
  allMembers(conversationId: string): Promise<Member[]>;
  statesOf(userIds: readonly string[], now: number): Promise<readonly PersonState[]>;
}

/** How far the members of a conversation are, as one of them sees it. */
export async function receiptsIn(reader: ReceiptReader, { conversation, me }: OwnConversation): Promise<Receipts> {
  if (!showsReceipts(conversation)) return { receipts: [receiptOf(me, false)] };
  const { id, large, members } = conversation;
  const all = large ? await reader.allMembers(id) : [...members.values()];
  const userIds = all.map(({ userId }) => userId);
  const hiding = privateReaders(await reader.statesOf(userIds, reader.now()));
  return {
    receipts: all.map((member) => receiptOf(member, member.userId !== me.userId && hiding.has(member.userId))),
  };
}

/** A member's pointers before and after some receipts. */
export interface PointerMove {
  readonly before: Pointers;
  readonly after: Pointers;
}

/** Those of some people who don't want others to know how far they have read. */
export function privateReaders(people: readonly PersonState[]): ReadonlySet<string> {
  return new Set(people.filter(({ settings }) => settings.privateRead).map(({ userId }) => userId));
}

/** What someone (or anyone who isn't named) is told of moves: nothing of those that they can't see. */
export function receiptsFor(
  viewerId: string | undefined,
  moves: readonly PointerMove[],
  hiding: ReadonlySet<string>,
): Receipt[] {
  return moves.flatMap(({ before, after }) => {
    const hidden = after.userId !== viewerId && hiding.has(after.userId);
    const [from, to] = [receiptOf(before, hidden), receiptOf(after, hidden)];
    return from.delivered === to.delivered && from.read === to.read ? [] : [to];
  });
}
