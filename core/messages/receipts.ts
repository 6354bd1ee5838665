import { type OwnConversation, showsActivity } from '#core/access.ts';
import type { Conversation, Member } from '#core/conversations/conversation.ts';
import { blocksAmong } from '#core/people/blocks.ts';
import type { Runtime } from '#core/runtime.ts';
import { fail, type Result } from '#protocol/failures.ts';
import { limits } from '#protocol/limits.ts';
import type { Settings } from '#protocol/people.ts';
import type { Receipt, Receipts, SendReceipt } from '#protocol/receipts.ts';

type Move = 'moved' | 'no_conversation' | 'no_member';

/** The socket by which a receipt came. */
interface Socket {
  readonly userId: string;
  readonly connectionId: string;
}

export interface ReceiptStore {
  /** Moves what a member has read. No pointer moves back, nor beyond the newest change. */
  moveRead(conversationId: string, userId: string, seq: number): Promise<Move>;
  /** Moves what a member has received, at a client that is visible or at a hidden one. */
  moveDelivered(conversationId: string, userId: string, seq: number, visible: boolean): Promise<Move>;
  /** Whether somebody looks at the client of a socket, read consistently. */
  isVisible(socket: Socket, now: number): Promise<boolean>;
}

/**
 * Moves a member's pointer of what they have received or read forward, up to the newest change at most. Errors: `not_found`,
 * `forbidden`.
 */
export async function receive(
  store: ReceiptStore,
  socket: Socket,
  { conversationId, seq, status }: Pick<SendReceipt, 'conversationId' | 'seq' | 'status'>,
  now: number,
): Promise<Result<object>> {
  const { userId } = socket;
  const result =
    status === 'read'
      ? await store.moveRead(conversationId, userId, seq)
      : await store.moveDelivered(conversationId, userId, seq, await store.isVisible(socket, now));
  if (result === 'no_conversation') return fail('not_found');
  if (result === 'no_member') return fail('forbidden');
  return { ok: {} };
}

type Pointers = Pick<Member, 'userId' | 'deliveredSeq' | 'hiddenSeq' | 'readSeq'>;

/** What any client of a member has received. */
export function receivedSeq({ deliveredSeq, hiddenSeq = 0, readSeq }: Pointers): number {
  return Math.max(deliveredSeq, hiddenSeq, readSeq);
}

/** A member's receipt. If `readHidden`, it doesn't show what they have read, but only that it was delivered. */
export function receiptOf(pointers: Pointers, readHidden: boolean): Receipt {
  const { userId, readSeq } = pointers;
  return { userId, delivered: receivedSeq(pointers), read: readHidden ? 0 : readSeq };
}

/** Whether members see the receipts of the others. In larger conversations they only see their own. */
export function showsReceipts({ memberCount }: Pick<Conversation, 'memberCount'>): boolean {
  return memberCount <= limits.receiptMembers;
}

interface PersonState {
  readonly userId: string;
  readonly settings: Settings;
  readonly mayBlock: boolean;
}

export interface ReceiptReader extends Pick<Runtime, 'now'> {
  /** All members of a large conversation. */
  allMembers(conversationId: string): Promise<Member[]>;
  statesOf(userIds: readonly string[], now: number): Promise<readonly PersonState[]>;
  blockedBy(userId: string): Promise<readonly string[]>;
}

/** The receipts of a conversation that one of its members may see. Those of other members who don't show theirs are left out. */
export async function receiptsIn(reader: ReceiptReader, { conversation, me }: OwnConversation): Promise<Receipts> {
  if (!showsReceipts(conversation)) return { receipts: [receiptOf(me, false)] };
  const { id, large, members } = conversation;
  const all = large ? await reader.allMembers(id) : [...members.values()];
  const userIds = all.map(({ userId }) => userId);
  const people = await reader.statesOf(userIds, reader.now());
  const hiding = privateReaders(people);
  const apart = await blocksAmong(reader, conversation.type === 'group' ? people : []);
  const shows = (userId: string) => showsActivity(conversation, userId) && !apart(me.userId, userId);
  return {
    receipts: all
      .filter(({ userId }) => userId === me.userId || shows(userId))
      .map((member) => receiptOf(member, member.userId !== me.userId && hiding.has(member.userId))),
  };
}

/** A member's pointers before and after some receipts. */
export interface PointerMove {
  readonly before: Pointers;
  readonly after: Pointers;
}

/** The ids of users who hide what they have read. */
export function privateReaders(people: readonly Pick<PersonState, 'userId' | 'settings'>[]): ReadonlySet<string> {
  return new Set(people.filter(({ settings }) => settings.privateRead).map(({ userId }) => userId));
}

/**
 * The receipts of some moves that a viewer may see. Moves without a visible difference are left out. If `viewerId` is undefined,
 * the viewer is a member who made none of these moves.
 */
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
