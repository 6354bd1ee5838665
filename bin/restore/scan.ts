import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Item } from '#adapters/dynamo/table.ts';

/** All items of a table, consistently. */
export async function* itemsOf(client: DynamoDBClient, TableName: string): AsyncGenerator<Item> {
  const pages = paginateScan({ client }, { TableName, ConsistentRead: true });
  for await (const { Items = [] } of pages) for (const item of Items) yield unmarshall(item);
}

/** All items by their partitions. A scan gives the items of one partition key one after the other. */
export async function* partitionsOf(client: DynamoDBClient, table: string): AsyncGenerator<readonly Item[]> {
  let partition: Item[] = [];
  for await (const item of itemsOf(client, table)) {
    if (partition.length > 0 && partition[0]?.['pk'] !== item['pk']) {
      yield partition;
      partition = [];
    }
    partition.push(item);
  }
  if (partition.length > 0) yield partition;
}
