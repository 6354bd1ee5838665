import { decodeItem, type Item } from './attribute-values.ts';
import type { DynamoDb, Input } from './client.ts';

/** Reads all items of a table, or those of a segment, page by page. */
export async function* scan(client: DynamoDb, input: Input<'Scan'>): AsyncGenerator<Item> {
  let { ExclusiveStartKey } = input;
  do {
    const page = await client.call('Scan', { ...input, ExclusiveStartKey });
    for (const item of page.Items ?? []) yield decodeItem(item);
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
}
