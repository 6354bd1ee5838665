import { createRounds } from '#adapters/dynamo/messages/rounds.ts';
import { createTurns } from '#adapters/dynamo/messages/turns.ts';
import { createPacedChanges, PacedChanges } from '#adapters/queues/paced-changes.ts';
import { createPace } from '#core/delivery/pacing.ts';
import { deliverRounds } from '#core/delivery/rounds.ts';
import { chatStores } from '#lambdas/kit/conversation-dependencies.ts';
import { pacedDeliverer } from '#lambdas/kit/deliver.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { currentCorrelationId, measure, note } from '#lambdas/kit/invocation.ts';
import { groupedQueueHandler } from '#lambdas/kit/queue.ts';

const { changes, delivery, sessions, table } = chatStores();
const requestsPerSecond = Number(setting('REQUESTS_PER_SECOND'));
const { call, postpone } = createPacedChanges(setting('PACED_CHANGES_QUEUE_URL'), currentCorrelationId);
const ports = {
  ...changes,
  ...delivery,
  requestsPerSecond,
  begin: createRounds(table, delivery.now).begin,
  call,
  deliverPaced: pacedDeliverer(sessions, createPace({ ...delivery, requestsPerSecond, takeTurn: createTurns(table) })),
  onRound: (ms: number) => measure('FanoutTime', ms, 'Milliseconds'),
};

/** Delivers the changes of a large conversation, in rounds. It looks for changes by itself until everyone has everything. */
export const handler = groupedQueueHandler(PacedChanges, postpone, async ([first, ...others]) => {
  note({ conversationId: first.conversationId });
  await deliverRounds(
    ports,
    first.conversationId,
    [first, ...others].flatMap(({ seqs }) => seqs),
  );
});
