import { showsActivity } from '#core/access.ts';
import { type PointerMove, privateReaders, receiptsFor, showsReceipts } from '#core/messages/receipts.ts';
import { blocksAmong } from '#core/people/blocks.ts';
import { createThrottle } from '#core/rate-limits/throttle.ts';
import type { Receipt } from '#protocol/receipts.ts';
import type { DeliveryPorts, UserState } from './ports.ts';

/** The shortest time between deliveries of receipts in one conversation, in ms. */
const intervalMs = 1_000;

/**
 * Delivers what members have received and read. In conversations that are too large for receipts, a member's pointers are only
 * delivered to their own devices, as are the read pointers of members who hide them. Nobody gets those of a member whom a block
 * keeps apart from them, nor those of one who hasn't agreed to a direct conversation (`showsActivity`). Calls for one conversation
 * wait until `intervalMs` have passed since the previous one, because full batches of the stream come faster. They resolve with the
 * states of those who made the moves.
 */
export function createReceiptDelivery(ports: DeliveryPorts) {
  const turn = createThrottle(intervalMs);

  return async (conversationId: string, moved: readonly PointerMove[]): Promise<readonly UserState[]> => {
    if (moved.length === 0) return [];
    const conversation = await ports.load(
      conversationId,
      moved.map(({ after }) => after.userId),
    );
    if (!conversation) return [];
    const moves = moved.filter(({ after }) => conversation.members.has(after.userId));
    const movers = moves.map(({ after }) => after.userId);
    const toAll = showsReceipts(conversation);
    const userIds = toAll ? (await ports.recipientsOf(conversation)).map(({ userId }) => userId) : movers;
    const people = await ports.statesOf(userIds, ports.now());
    const hiding = privateReaders(people);
    const concerned = people.filter(({ userId, connections }) => connections.length > 0 || movers.includes(userId));
    const apart = await blocksAmong(ports, toAll && conversation.type === 'group' ? concerned : []);
    const sees = (viewer: string, mover: string) =>
      viewer === mover || (toAll && showsActivity(conversation, mover) && !apart(viewer, mover));
    // The events of these members differ from those of the others: they see a read pointer of their own that others don't, or
    // don't see everything that others do.
    const differs = (userId: string) =>
      !toAll || (movers.includes(userId) && hiding.has(userId)) || movers.some((mover) => !sees(userId, mover));
    const alone = new Set(concerned.map(({ userId }) => userId).filter(differs));

    const deliver = (receipts: readonly Receipt[], isFor: (userId: string) => boolean) =>
      ports.deliver(
        receipts.map((receipt) => ({ type: 'receipt', conversationId, ...receipt })),
        people.flatMap(({ userId, connections }) => (isFor(userId) ? connections : [])),
      );

    await ports.sleep(turn(conversationId, ports.now()));
    await deliver(receiptsFor(undefined, moves, hiding), (userId) => !alone.has(userId));
    for (const userId of alone) {
      const seen = moves.filter(({ after }) => sees(userId, after.userId));
      await deliver(receiptsFor(userId, seen, hiding), (other) => other === userId);
    }
    return people.filter(({ userId }) => movers.includes(userId));
  };
}
