import type { DynamoDb } from '#adapters/dynamo/client.ts';
import { scan } from '#adapters/dynamo/scan.ts';
import type { Item } from '#adapters/dynamo/table.ts';

/** All items of a table, consistently. */
export function itemsOf(client: DynamoDb, TableName: string): AsyncGenerator<Item> {
  return scan(client, { TableName, ConsistentRead: true });
}

/** All items by their partitions. A scan gives the items of one partition key one after the other. */
export async function* partitionsOf(client: DynamoDb, table: string): AsyncGenerator<readonly Item[]> {
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
