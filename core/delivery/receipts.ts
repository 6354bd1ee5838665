import { type PointerMove, privateReaders, receiptsFor, showsReceipts } from '#core/messages/receipts.ts';
import { createThrottle } from '#core/rate-limits/throttle.ts';
import type { Receipt } from '#protocol/receipts.ts';
import type { DeliveryPorts } from './ports.ts';

/** How often members of one conversation are told of receipts, in ms. */
const intervalMs = 1_000;

/**
 * Delivers how far members have received and read: to all members, or to those alone who moved where the room is too large to
 * show receipts. What someone has read and hides goes only to their own devices. Calls for one conversation wait for their turn,
 * because batches of the stream come faster than once in a second when they are full.
 */
export function createReceiptDelivery(ports: DeliveryPorts) {
  const turn = createThrottle(intervalMs);

  return async (conversationId: string, moved: readonly PointerMove[]): Promise<void> => {
    if (moved.length === 0) return;
    const conversation = await ports.load(
      conversationId,
      moved.map(({ after }) => after.userId),
    );
    if (!conversation) return;
    const moves = moved.filter(({ after }) => conversation.members.has(after.userId));
    const movers = moves.map(({ after }) => after.userId);
    const toAll = showsReceipts(conversation);
    const userIds = toAll ? (await ports.recipientsOf(conversation)).map(({ userId }) => userId) : movers;
    const people = await ports.statesOf(userIds, ports.now());
    const hiding = privateReaders(people);
    // Those who hide what they have read see more of it than the others do, so they get frames of their own.
    const alone = new Set(toAll ? movers.filter((userId) => hiding.has(userId)) : movers);

    const deliver = (receipts: readonly Receipt[], isFor: (userId: string) => boolean) =>
      ports.deliver(
        receipts.map((receipt) => ({ type: 'receipt', conversationId, ...receipt })),
        people.flatMap(({ userId, connections }) => (isFor(userId) ? connections : [])),
      );

    await ports.sleep(turn(conversationId, ports.now()));
    await deliver(receiptsFor(undefined, moves, hiding), (userId) => !alone.has(userId));
    for (const userId of alone) {
      const seen = toAll ? moves : moves.filter(({ after }) => after.userId === userId);
      await deliver(receiptsFor(userId, seen, hiding), (other) => other === userId);
    }
  };
}
