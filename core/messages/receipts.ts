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
 * Moves a member's pointers of what they have received and read forward, in each conversation up to the newest change at most. One that
 * fails doesn't keep the others back. Errors, of the first that failed: `not_found`, `forbidden`.
 */
export async function receive(
  store: ReceiptStore,
  socket: Socket,
  receipts: readonly Pick<SendReceipt, 'conversationId' | 'seq' | 'status'>[],
  now: number,
): Promise<Result<object>> {
  const { userId } = socket;
  const asksVisibility = receipts.some(({ status }) => status === 'delivered');
  const visible = asksVisibility && (await store.isVisible(socket, now));
  const moves = await Promise.all(
    receipts.map(({ conversationId, seq, status }) =>
      status === 'read'
        ? store.moveRead(conversationId, userId, seq)
        : store.moveDelivered(conversationId, userId, seq, visible),
    ),
  );
  const failed = moves.find((move) => move !== 'moved');
  if (failed === undefined) return { ok: {} };
  return fail(failed === 'no_conversation' ? 'not_found' : 'forbidden');
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
  /** When the last of them was stored, in ms since 1970, rounded down to a second. */
  readonly at: number;
}

/** The changes that some moves are about: those after `from`, and up to `to`. */
export function movedOver(moves: readonly PointerMove[]): { readonly from: number; readonly to: number } {
  const moved = moves.flatMap(({ before, after }) => [
    ...(receivedSeq(before) < receivedSeq(after) ? [[receivedSeq(before), receivedSeq(after)] as const] : []),
    ...(before.readSeq < after.readSeq ? [[before.readSeq, after.readSeq] as const] : []),
  ]);
  return { from: Math.min(...moved.map(([from]) => from)), to: Math.max(...moved.map(([, to]) => to)) };
}

/** The ids of users who hide what they have read. */
export function privateReaders(people: readonly Pick<PersonState, 'userId' | 'settings'>[]): ReadonlySet<string> {
  return new Set(people.filter(({ settings }) => settings.privateRead).map(({ userId }) => userId));
}

/** The receipts of some moves that a viewer may see. Moves without a visible difference are left out. */
export function receiptsFor(viewerId: string, moves: readonly PointerMove[], hiding: ReadonlySet<string>): Receipt[] {
  return moves.flatMap(({ before, after }) => {
    const hidden = after.userId !== viewerId && hiding.has(after.userId);
    const [from, to] = [receiptOf(before, hidden), receiptOf(after, hidden)];
    return from.delivered === to.delivered && from.read === to.read ? [] : [to];
  });
}
