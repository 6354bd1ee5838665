import { createChanges } from '../../adapters/dynamo/changes.ts';
import { createClient } from '../../adapters/dynamo/client.ts';
import { createConversations } from '../../adapters/dynamo/conversations.ts';
import { createSegments } from '../../adapters/dynamo/segments.ts';
import { createTable } from '../../adapters/dynamo/table.ts';
import { setting } from '../kit/environment.ts';
import { allowances } from '../kit/rates.ts';

const client = createClient();
const table = createTable(client, setting('MESSAGES_TABLE'));

export const allow = allowances(client);

export const store = {
  ...createConversations(client, table),
  ...createChanges(client, table),
  ...createSegments(table),
};
