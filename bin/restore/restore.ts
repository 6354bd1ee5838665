import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import { overSdk } from '#adapters/dynamo/sdk-client.ts';
import { accessOf } from '#bin/access.ts';
import { endLogins } from './logins.ts';
import { reconcileUses } from './media.ts';
import { bringBackObjects } from './objects.ts';
import { purgeQueues } from './queues.ts';
import { reconcile } from './reconcile.ts';
import { replay } from './replay.ts';
import { closeSockets } from './sockets.ts';
import { finishTables, type RestoredTable, restoreTables } from './tables.ts';

/** The stack's output `Recovery`: what a restore has to know of it. */
export const Recovery = z.object({
  stage: z.string(),
  generation: z.string(),
  /** For how long the service says that it is shut, in s; empty while it is open. */
  maintenanceSeconds: z.string(),
  tables: z.object({
    Connections: z.string(),
    Messages: z.string(),
    Users: z.string(),
    PresenceSubscriptions: z.string(),
    Media: z.string(),
  }),
  mediaBucket: z.string(),
  journalBucket: z.string(),
  /** The queues whose jobs belong to the tables in use. */
  queues: z.array(z.string()),
  socketEndpoint: z.string(),
});
export type Recovery = z.infer<typeof Recovery>;

export interface Clients {
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
}

/**
 * Restores everything to one second, beside what is in use, and returns what belongs into `restored.json`. The stack isn't changed: the
 * next deployment switches over. So if this fails, it can be run again, and makes another set of tables. Throws if the service isn't shut.
 */
export async function restore(
  { dynamodb, s3, sqs }: Clients,
  stack: Recovery,
  { to, generation, log }: { to: Date; generation: string; log: (line: string) => void },
): Promise<{ generation: string; tables: Record<string, RestoredTable> }> {
  const seconds = Number(stack.maintenanceSeconds);
  if (!seconds) throw new Error('The service is open: shut it first, or what is written meanwhile is lost.');
  const { Connections } = stack.tables;
  const endpoint = { connections: Connections, endpoint: stack.socketEndpoint, retryAfterMs: seconds * 1_000 };
  const database = overSdk(dynamodb);
  log(`${await closeSockets(database, endpoint, await accessOf(dynamodb))} sockets are closed`);

  const prefix = `storm-${stack.stage}-${generation}`;
  const names = stack.tables;
  const restored = await restoreTables(dynamodb, names, { prefix, to });
  const { Messages: messages = '', Users: users = '', Media: media = '', Connections: connections = '' } = restored;
  log(`the tables ${prefix}-… are as they were at ${to.toISOString()}`);

  const repairs = Object.entries(await reconcile(database, messages)).map(([what, count]) => `${count} ${what}`);
  log(`repaired: ${repairs.join(', ')}`);
  log(
    `${await endLogins(database, { users, connections })} rows of logins, tokens, push marks and sockets are changed`,
  );
  const since = { bucket: stack.journalBucket, since: to };
  log(
    `${await replay({ database, s3 }, { users, messages, media, connections }, since)} erasures and blocks are replayed`,
  );
  log(`the uses of ${await reconcileUses(database, { media, messages, users }, Date.now())} files are repaired`);
  const back = await bringBackObjects({ database, s3 }, { media, bucket: stack.mediaBucket, since: to });
  log(`${back} deleted objects are back`);
  const tables = await finishTables(dynamodb, names, restored);
  log('streams, expiry, tags and recovery are set on the new tables');
  await purgeQueues(sqs, stack.queues);
  log(`${stack.queues.length} queues are empty`);
  return { generation, tables };
}

/** The name of a set of tables: the time of its restore in UTC, such as `20261128204501`. */
export const generationAt = (time: Date): string => time.toISOString().replace(/\D/g, '').slice(0, 14);
