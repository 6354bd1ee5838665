import { createClient } from '#adapters/dynamo/client.ts';
import { createChanges } from '#adapters/dynamo/messages/changes.ts';
import { createConversations } from '#adapters/dynamo/messages/conversations.ts';
import { createSegments } from '#adapters/dynamo/messages/segments.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { runtime } from '#adapters/runtime.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { logUnknownChanges } from '#lambdas/kit/log.ts';
import { rateLimits } from '#lambdas/kit/rate-limits.ts';

const client = createClient();
const table = createTable(client, setting('MESSAGES_TABLE'));

export const allow = rateLimits(client);

export const store = {
  ...runtime,
  ...createConversations(client, table),
  ...createChanges(client, table, logUnknownChanges),
  ...createSegments(table),
  epoch: setting('GENERATION'),
};
