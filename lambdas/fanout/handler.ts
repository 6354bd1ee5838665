import { createClient } from '#adapters/dynamo/client.ts';
import { conversationIdOf } from '#adapters/dynamo/messages/keys.ts';
import { createRounds } from '#adapters/dynamo/messages/rounds.ts';
import { changeIn } from '#adapters/dynamo/messages/stream.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { createPacedChanges } from '#adapters/queues/paced-changes.ts';
import { runtime } from '#adapters/runtime.ts';
import { callForRound } from '#core/delivery/rounds.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { currentCorrelationId } from '#lambdas/kit/invocation.ts';
import { streamHandler } from '#lambdas/kit/stream.ts';

const rounds = createRounds(createTable(createClient(), setting('MESSAGES_TABLE')), runtime.now);
const ports = {
  ...createPacedChanges(setting('PACED_CHANGES_QUEUE_URL'), currentCorrelationId),
  isSeenTo: (conversationId: string, seq: number) => rounds.isSeenTo(conversationId, seq, { consistent: true }),
};

/** Sees to it that all changes of large conversations are delivered, also those whose writer didn't call for it. */
export const handler = streamHandler((pk, records) =>
  callForRound(
    ports,
    conversationIdOf(pk),
    records.map((record) => changeIn(record).seq),
  ),
);
