import { tables } from '#test/helpers/accounts.ts';
import { messagesTable } from '#test/helpers/chat.ts';
import type { Scene } from './cast.ts';

const names = [...Object.values(tables), messagesTable.TableName];

/**
 * All rows of all tables, as DynamoDB's JSON has them, without what a refused request may change: the caller's own rate limits, and
 * the counters of attempts.
 */
export async function rowsOf({ api }: Pick<Scene, 'api'>): Promise<ReadonlyMap<string, unknown>> {
  const pages = await Promise.all(names.map((TableName) => api.client.call('Scan', { TableName })));
  const rows = pages.flatMap(({ Items = [], LastEvaluatedKey }, i) => {
    if (LastEvaluatedKey) throw new Error(`${names[i]} has more than one page`);
    return Items.map((row) => ({ table: names[i], row }));
  });
  return new Map(
    rows.flatMap(({ table, row }) => {
      const { pk, sk, userId, connectionId, ...rest } = row;
      if (pk?.S?.startsWith('attempts#')) return [];
      const kept = Object.entries(rest).filter(([attribute]) => !attribute.endsWith('FullAt'));
      const key = [pk, sk, userId, connectionId].map((part) => part?.S);
      return [[[table, ...key].join(' '), Object.fromEntries(kept)]] as const;
    }),
  );
}
