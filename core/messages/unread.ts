import type { OwnConversation } from '#core/access.ts';
import type { Change } from '#core/conversations/change.ts';

export interface VoidReader {
  /** The `n` of those voids above a number that are stored beside the head, read consistently. */
  voidsAbove(conversationId: string, n: number): Promise<readonly number[]>;
}

/**
 * A member's own entry as it is after the messages that were read after it. Sending moves the sender's pointer, but in large groups a
 * moment after the message has its number: in between, an entry that was just loaded would count one's own message as unread.
 */
export function pastOwn({ conversation, me }: OwnConversation, read: readonly Change[]): OwnConversation {
  const own = read.findLast((change) => change.type === 'message' && change.senderId === me.userId);
  if (!own || own.seq <= me.readSeq) return { conversation, me };
  return { conversation, me: { ...me, readSeq: own.seq, readN: own.n } };
}

/**
 * The number of messages after a member's read pointer, including deleted ones. All are by others, because sending a message
 * moves the sender's pointer. `foundVoids` has the `n` of voids that were found after the conversation was loaded. It reads
 * nothing, unless some of the voids after the pointer are stored beside the head, because the head has no room for them.
 */
export async function unreadOf(
  reader: VoidReader,
  { conversation: { id, n, voids, voidsThrough = 0 }, me: { readN } }: OwnConversation,
  foundVoids: readonly number[] = [],
): Promise<number> {
  const stored = readN < voidsThrough ? await reader.voidsAbove(id, readN) : [];
  const all = new Set([...voids, ...stored, ...foundVoids]);
  return n - readN - [...all].filter((voidN) => voidN > readN && voidN <= n).length;
}
