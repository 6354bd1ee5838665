import { setTimeout as sleep } from 'node:timers/promises';
import { movesIn } from '#adapters/dynamo/messages/pointers.ts';
import type { StreamRecord } from '#adapters/dynamo/stream-record.ts';
import { privateReaders, receiptsFor } from '#core/messages/receipts.ts';
import { createThrottle } from '#core/rate-limits/throttle.ts';
import { chatStores } from '#lambdas/kit/conversation-dependencies.ts';
import { limits } from '#protocol/limits.ts';
import type { Receipt } from '#protocol/receipts.ts';

const { conversations, audience, sessions, deliver } = chatStores();

/** Batches may come faster than their window when they are full. */
const turn = createThrottle(1_000);

/** Tells of moved pointers: everyone in rooms that aren't too large, in larger ones those who moved them. */
export async function receipts(conversationId: string, records: readonly StreamRecord[]): Promise<void> {
  const moved = movesIn(records);
  if (moved.length === 0) return;
  const conversation = await conversations.load(
    conversationId,
    moved.map(({ after }) => after.userId),
  );
  if (!conversation) return;
  const moves = moved.filter(({ after }) => conversation.members.has(after.userId));
  const movers = moves.map(({ after }) => after.userId);
  const isTold = conversation.memberCount <= limits.receiptMembers;
  const listeners = isTold ? (await audience(conversation)).map(({ userId }) => userId) : movers;
  const people = await sessions.statesOf(listeners, Date.now());

  const hiding = privateReaders(people);
  // Who hides what they read sees more of their own than the others do.
  const alone = new Set(isTold ? movers.filter((userId) => hiding.has(userId)) : movers);
  const tell = (found: readonly Receipt[], isFor: (userId: string) => boolean) =>
    deliver(
      found.map((receipt) => ({ type: 'receipt', conversationId, ...receipt })),
      people.flatMap(({ userId, connections }) => (isFor(userId) ? connections : [])),
    );

  await sleep(turn(conversationId, Date.now()));
  await tell(receiptsFor(undefined, moves, hiding), (userId) => !alone.has(userId));
  for (const userId of alone) {
    const own = isTold ? moves : moves.filter(({ after }) => after.userId === userId);
    await tell(receiptsFor(userId, own, hiding), (other) => other === userId);
  }
}
