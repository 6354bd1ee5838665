import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { v7 as uuidv7 } from 'uuid';
import { changeItem } from '../../adapters/dynamo/changes.ts';
import { expression } from '../../adapters/dynamo/expression.ts';
import { keys } from '../../adapters/dynamo/keys.ts';
import { createTable } from '../../adapters/dynamo/table.ts';

/** Items that one BatchWriteItem takes, and how many calls run at once. */
const batchSize = 25;
const batchesAtOnce = 8;

/** Puts messages after the `seq` and the `n` of a conversation that nobody else writes to, without sending each. */
export async function fillWithMessages(
  client: DynamoDBClient,
  tableName: string,
  at: { conversationId: string; senderId: string; seq: number; n: number },
  texts: readonly string[],
  clock: () => number,
): Promise<void> {
  const { conversationId, senderId } = at;
  const items = texts.map((text, i) =>
    changeItem({
      type: 'message',
      conversationId,
      seq: at.seq + i + 1,
      n: at.n + i + 1,
      senderId,
      clientId: uuidv7(),
      text,
      replyTo: null,
      sentAt: clock(),
    }),
  );
  const batches = Array.from({ length: Math.ceil(items.length / batchSize) }, (_, i) =>
    items.slice(i * batchSize, (i + 1) * batchSize),
  );
  const write = async () => {
    for (let batch = batches.pop(); batch; batch = batches.pop()) {
      const requests = batch.map((item) => ({ PutRequest: { Item: marshall(item) } }));
      await client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: requests } }));
    }
  };
  await Promise.all(Array.from({ length: batchesAtOnce }, write));
  const seq = at.seq + texts.length;
  await createTable(client, tableName).update(
    keys.head(conversationId),
    expression`SET seq = ${seq}, n = ${at.n + texts.length}, lastMessageSeq = ${seq}, lastActivityAt = ${clock()}`,
  );
}
