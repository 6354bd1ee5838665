import { type DynamoDBClient, ListTablesCommand, paginateScan } from '@aws-sdk/client-dynamodb';

/** What is in the tables that shouldn't grow while the same people talk. */
export interface Rows {
  /** Rows that haven't lapsed, without those of messages, by table. What has lapsed DynamoDB deletes by itself; this machine keeps it. */
  readonly live: number;
  /** Sockets that the service believes to be open. */
  readonly sockets: number;
}

/** Counts the rows of a stack's tables. */
export async function countRows(client: DynamoDBClient, now: number): Promise<Rows> {
  const { TableNames = [] } = await client.send(new ListTablesCommand());
  let [live, sockets] = [0, 0];
  for (const TableName of TableNames.filter((name) => !name.includes('Messages')))
    for await (const { Items = [] } of paginateScan({ client }, { TableName }))
      for (const { expiresAt, connections } of Items) {
        if (expiresAt?.N === undefined || Number(expiresAt.N) * 1_000 > now) live += 1;
        sockets += Object.keys(connections?.M ?? {}).length;
      }
  return { live, sockets };
}
