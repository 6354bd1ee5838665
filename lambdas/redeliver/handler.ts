import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { createClient } from '../../adapters/dynamo/client.ts';
import { createSessions } from '../../adapters/dynamo/sessions.ts';
import { createTable } from '../../adapters/dynamo/table.ts';
import { Undelivered } from '../../adapters/queues/undelivered.ts';
import { createPoster } from '../../adapters/sockets/poster.ts';
import { setting } from '../kit/environment.ts';
import { correlated, logger } from '../kit/log.ts';

const sessions = createSessions(createTable(createClient(), setting('CONNECTIONS_TABLE')));
const poster = createPoster({ endpoint: setting('WEBSOCKET_ENDPOINT'), region: setting('AWS_REGION') });

/** How long one frame's posts are tried before the queue waits again, in ms. */
const patienceMs = 5_000;

/** Posts again what could not be delivered; what fails again goes back to the queue and at last to its dead-letter queue. */
export const handler = middy<SQSEvent, SQSBatchResponse>()
  .use(correlated<SQSEvent>((event) => event.Records[0]?.messageId))
  .handler(async ({ Records }) => {
    const failed = await Promise.all(
      Records.map(async (record) => ((await redeliver(record)) ? [] : [record.messageId])),
    );
    return { batchItemFailures: failed.flat().map((itemIdentifier) => ({ itemIdentifier })) };
  });

/** Connections that got the frame already get it again when others of the same record fail: clients know it by its `seq`. */
async function redeliver({ body }: SQSRecord): Promise<boolean> {
  const { connections, frame, correlationId } = Undelivered.parse(JSON.parse(body));
  const users = new Map(connections.map(({ connectionId, userId }) => [connectionId, userId]));
  const { gone, failed, reason } = await poster.post(users.keys(), frame, Date.now() + patienceMs);
  for (const connectionId of gone) await sessions.remove(users.get(connectionId) ?? '', connectionId, Date.now());
  if (failed.length > 0)
    logger.warn('Connections could not be reached', { correlationId, failed: failed.length, reason });
  return failed.length === 0;
}
