import { showsActivity } from '#core/access.ts';
import type { Conversation } from '#core/conversations/conversation.ts';
import { movedOver, type PointerMove, privateReaders, receiptsFor, showsReceipts } from '#core/messages/receipts.ts';
import { blocksAmong } from '#core/people/blocks.ts';
import { createThrottle } from '#core/rate-limits/throttle.ts';
import type { Receipt } from '#protocol/receipts.ts';
import type { DeliveryPorts, UserState } from './ports.ts';

/** The shortest time between deliveries of receipts in one conversation, in ms. */
const intervalMs = 1_000;

/** How far clocks and the times in a stream, which are full seconds, may differ, in ms. */
const doubtMs = 5_000;

export interface ReceiptPorts extends DeliveryPorts {
  /** Who wrote the messages after `from` and up to `to`, or undefined if there are too many to look at. */
  authorsOf(conversationId: string, from: number, to: number): Promise<ReadonlySet<string> | undefined>;
}

/**
 * Delivers what members have received and read to those who wrote it, because their messages get ticks by it, and to the other devices
 * of the members themselves (decision 0145). In conversations that are too large for receipts, only the latter get anything, and so it is
 * with the read pointers of members who hide them. Nobody gets those of a member whom a block keeps apart from them, nor those of one who
 * hasn't agreed to a direct conversation (`showsActivity`). Calls for one conversation wait until `intervalMs` have passed since the
 * previous one, because full batches of the stream come faster. They resolve with the states of those who made the moves.
 */
export function createReceiptDelivery(ports: ReceiptPorts) {
  const turn = createThrottle(intervalMs);

  async function authorsOf(conversation: Conversation, moves: readonly PointerMove[]): Promise<readonly string[]> {
    const { from, to } = movedOver(moves);
    const [recipients, authors] = await Promise.all([
      ports.recipientsOf(conversation),
      ports.authorsOf(conversation.id, from, to),
    ]);
    return recipients.map(({ userId }) => userId).filter((userId) => authors?.has(userId) ?? true);
  }

  return async (conversationId: string, moved: readonly PointerMove[]): Promise<readonly UserState[]> => {
    if (moved.length === 0) return [];
    const conversation = await ports.load(
      conversationId,
      moved.map(({ after }) => after.userId),
    );
    const moves = moved.filter(({ after }) => conversation?.members.has(after.userId));
    if (!conversation || moves.length === 0) return [];
    const movers = moves.map(({ after }) => after.userId);
    const toAuthors = showsReceipts(conversation);
    const authors = toAuthors ? await authorsOf(conversation, moves) : [];
    const people = await ports.statesOf([...new Set([...movers, ...authors])], ports.now());
    const hiding = privateReaders(people);
    const concerned = people.filter(({ userId, connections }) => connections.length > 0 || movers.includes(userId));
    const apart = await blocksAmong(ports, toAuthors && conversation.type === 'group' ? concerned : []);
    const shows = (viewer: UserState, { after: { userId: mover }, at }: PointerMove) =>
      viewer.userId === mover
        ? !isByOnlySocket(viewer, at)
        : authors.includes(viewer.userId) && showsActivity(conversation, mover) && !apart(viewer.userId, mover);

    const told = concerned.map((person) => ({
      receipts: receiptsFor(
        person.userId,
        moves.filter((move) => shows(person, move)),
        hiding,
      ),
      connections: person.connections,
    }));
    await ports.sleep(turn(conversationId, ports.now()));
    // Those who are told the same get one frame, which is signed once.
    const some = told.filter(({ receipts }) => receipts.length > 0);
    for (const alike of Map.groupBy(some, ({ receipts }) => JSON.stringify(receipts)).values())
      await ports.deliver(
        eventsOf(conversationId, alike[0]?.receipts ?? []),
        alike.flatMap(({ connections }) => connections),
      );
    return people.filter(({ userId }) => movers.includes(userId));
  };
}

const eventsOf = (conversationId: string, receipts: readonly Receipt[]) =>
  receipts.map((receipt) => ({ type: 'receipt' as const, conversationId, ...receipt }));

/** Whether a move at `at` came by the only socket that its user had then and has now. Nobody has to be told of it then. */
function isByOnlySocket({ connections, lastSeenAt = 0 }: UserState, at: number): boolean {
  const [only, ...others] = connections;
  return only !== undefined && others.length === 0 && Math.max(only.since, lastSeenAt) < at - doubtMs;
}
