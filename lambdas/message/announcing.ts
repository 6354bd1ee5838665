import { createRounds } from '#adapters/dynamo/messages/rounds.ts';
import type { Table } from '#adapters/dynamo/table.ts';
import { createPacedChanges } from '#adapters/queues/paced-changes.ts';
import { runtime } from '#adapters/runtime.ts';
import { callForRound } from '#core/delivery/rounds.ts';
import { afterAnswer } from '#lambdas/kit/after-answer.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { currentCorrelationId } from '#lambdas/kit/invocation.ts';

/** How long the answer to a sender waits for the call at most, in ms. */
const patienceMs = 30;

/**
 * Creates a function that calls for the delivery of a message in a large conversation while it is stored. If that fails, or the message
 * isn't there when they look, it is delivered from the table's stream, a quarter of a second later. So a read that is a moment old will do.
 */
export function createAnnouncing(table: Table) {
  const rounds = createRounds(table, runtime.now);
  const { call } = createPacedChanges(setting('PACED_CHANGES_QUEUE_URL'), currentCorrelationId);
  const isSeenTo = (conversationId: string, seq: number) => rounds.isSeenTo(conversationId, seq, { consistent: false });
  return async (conversationId: string, seq: number): Promise<void> => {
    const called = callForRound({ isSeenTo, call }, conversationId, [seq]);
    await afterAnswer(called);
    await Promise.race([called.catch(() => undefined), runtime.sleep(patienceMs)]);
  };
}
