import * as fs from 'node:fs';
import * as path from 'node:path';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { decodeJwt } from 'jose';
import { v7 as uuidv7 } from 'uuid';
import * as z from 'zod/mini';
import type { DynamoDb } from '#adapters/dynamo/client.ts';
import { newSession } from '#adapters/dynamo/connections/sessions.ts';
import { createConversations } from '#adapters/dynamo/messages/conversations.ts';
import { overSdk } from '#adapters/dynamo/sdk-client.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { signAccessToken } from '#adapters/tokens/sign.ts';
import { dynamoDbClient } from '#local/test/helpers/dynamodb.ts';
import { fillWithMembers, writeAll } from '#test/helpers/fill.ts';
import type { Person } from './person.ts';
import type { BenchStack } from './stack.ts';

export interface Guest {
  readonly id: string;
  readonly token: string;
}

const Secrets = z.record(
  z.string(),
  z.object({ versions: z.record(z.string(), z.object({ SecretString: z.optional(z.string()) })) }),
);
const SigningKey = z.object({ keys: z.object({ current: z.looseObject({ kty: z.string(), kid: z.string() }) }) });

/**
 * Creates users without an account: their rows are written to the table, and their tokens are signed with the stack's key. Hashing
 * thousands of passwords would take minutes. The tokens are valid for ten minutes.
 */
export async function crowd(stack: BenchStack, host: Person, count: number): Promise<Guest[]> {
  const ids = Array.from({ length: count }, () => uuidv7());
  await onTable(stack, 'Connections', (client, table) => writeAll(client, table, ids.map(newSession)));

  const key = signingKey(stack.dataDir);
  const issuer = decodeJwt(host.token).iss ?? '';
  const tokenOf = (userId: string) => signAccessToken(key, issuer, { userId, familyId: uuidv7() }, Date.now());
  return Promise.all(ids.map(async (id) => ({ id, token: await tokenOf(id) })));
}

/** Adds guests to a large group by writing their items, without a change for each of them. */
export function join(stack: BenchStack, conversationId: string, guests: readonly Guest[]): Promise<void> {
  return onTable(stack, 'Messages', async (client, table) => {
    const conversation = await createConversations(client, createTable(client, table)).load(conversationId, []);
    const ids = guests.map(({ id }) => id);
    if (conversation) await fillWithMembers(client, table, conversation, ids, Date.now);
  });
}

async function onTable(
  stack: BenchStack,
  name: string,
  use: (client: DynamoDb, table: string) => Promise<void>,
): Promise<void> {
  const client = dynamoDbClient(stack.database, { credentials: stack.credentials });
  const { TableNames = [] } = await client.send(new ListTablesCommand());
  await use(overSdk(client), TableNames.find((table) => table.includes(name)) ?? '');
  client.destroy();
}

function signingKey(dataDir: string) {
  const secrets = Secrets.parse(JSON.parse(fs.readFileSync(path.join(dataDir, 'secrets.json'), 'utf8')));
  for (const { versions } of Object.values(secrets))
    for (const { SecretString = '' } of Object.values(versions)) {
      const { success, data } = SigningKey.safeParse(parsed(SecretString));
      if (success) return data.keys.current;
    }
  throw new Error('The stack has no signing key');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // A secret can be a text that is not JSON.
  }
}
