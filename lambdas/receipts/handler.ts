import { createClient } from '#adapters/dynamo/client.ts';
import { createSessions } from '#adapters/dynamo/connections/sessions.ts';
import { createChanges } from '#adapters/dynamo/messages/changes.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { closeHammering } from '#lambdas/kit/hammering.ts';
import { logUnknownChanges } from '#lambdas/kit/log.ts';
import { createReceipts } from '#lambdas/kit/receipts.ts';
import { answerFailuresOnly, frameHandler } from '#lambdas/kit/socket.ts';
import { SendReceipts } from '#protocol/receipts.ts';

const client = createClient();
const sessions = createSessions(createTable(client, setting('CONNECTIONS_TABLE')));
const table = createTable(client, setting('MESSAGES_TABLE'));
const move = createReceipts(table, createChanges(client, table, logUnknownChanges), sessions);

/** The action `receipts`. Its route has no response, so that nobody pays for a reply that nobody needs (decision 0145). */
export const handler = answerFailuresOnly(
  frameHandler(SendReceipts, closeHammering(sessions), (socket, { receipts }, charge) => {
    charge(receipts.length - 1);
    return move(socket, receipts);
  }),
);
