import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod/mini';
import { ServiceError } from '../error.ts';
import { openDatabase } from '../sqlite.ts';

/** Calls the server itself, such as with `CreateTable`. */
export type Call = (operation: string, input: object) => Promise<unknown>;

/** Answers an operation, or returns undefined if the server has to. Throws `ServiceError`. */
export type Serve = (operation: string, body: string) => Promise<object> | undefined;

/** How long the states of items are kept, in ms; at AWS it is 35 days. */
const keptMs = 24 * 3_600_000;

/**
 * Every state that an item had, with the time since which it had it (ms since 1970). Without an item it was deleted. It has no index,
 * because every write would pay for it, and only a start and a restore look at it.
 */
const schema = `
  CREATE TABLE IF NOT EXISTS _history (
    table_name TEXT NOT NULL, pk TEXT NOT NULL, sk TEXT NOT NULL, at INTEGER NOT NULL, item_json TEXT);
  DROP INDEX IF EXISTS history_key;
  CREATE TABLE IF NOT EXISTS _history_tables (table_name TEXT PRIMARY KEY, since INTEGER NOT NULL);
  CREATE TRIGGER IF NOT EXISTS history_table AFTER DELETE ON _tables BEGIN
    DELETE FROM _history WHERE table_name = OLD.table_name;
    DELETE FROM _history_tables WHERE table_name = OLD.table_name;
  END;`;

const operations = new Set(['UpdateContinuousBackups', 'DescribeContinuousBackups', 'RestoreTableToPointInTime']);

const now = `CAST(unixepoch('subsec') * 1000 AS INTEGER)`;
const quoted = (name: string) => `'${name.replaceAll("'", "''")}'`;

const restoring = z.object({
  SourceTableName: z.string(),
  TargetTableName: z.string(),
  /** In seconds since 1970, with fractions. */
  RestoreDateTime: z.optional(z.number()),
  UseLatestRestorableTime: z.optional(z.boolean()),
});
const described = z.object({
  Table: z.object({ KeySchema: z.array(z.unknown()), AttributeDefinitions: z.array(z.unknown()) }),
});
const named = z.object({ TableName: z.string() });
const stored = z.object({ item_json: z.string() });

/**
 * Point-in-time recovery, which dynoxide lacks: `UpdateContinuousBackups`, `DescribeContinuousBackups`, `RestoreTableToPointInTime`.
 * Triggers in its SQLite file note every state of an item. A restored table has the items and keys of the source and nothing else: no
 * stream, time to live, tags or recovery of its own ("Restoring a table to a point in time"). Unlike AWS, the newest moment can be restored, too.
 */
export function createPointInTime(file: string, call: Call): Serve {
  const since = (database: DatabaseSync, table: string) => {
    const row = database.prepare('SELECT since FROM _history_tables WHERE table_name = ?').get(table);
    return row && Math.max(Number(row['since']), Date.now() - keptMs);
  };

  function enable(database: DatabaseSync, table: string): void {
    if (since(database, table) !== undefined) {
      // What was replaced before the time that is kept can't be asked for any more.
      database
        .prepare(
          `DELETE FROM _history WHERE rowid IN (
             SELECT id FROM (SELECT rowid AS id, lead(at) OVER (PARTITION BY pk, sk ORDER BY at, rowid) AS until
               FROM _history WHERE table_name = ?) WHERE until < ${now} - ${keptMs})`,
        )
        .run(table);
      return;
    }
    const [name, source] = [quoted(table), `"${table}"`];
    const note = (row: string, item: string) =>
      `INSERT INTO _history VALUES (${name}, ${row}.pk, ${row}.sk, ${now}, ${item});`;
    const on = (event: string, row: string, item: string) =>
      `CREATE TRIGGER IF NOT EXISTS "history ${event} ${table}" AFTER ${event} ON ${source} BEGIN ${note(row, item)} END;`;
    database.exec(`BEGIN IMMEDIATE;
      INSERT INTO _history SELECT ${name}, pk, sk, ${now}, item_json FROM ${source};
      INSERT INTO _history_tables VALUES (${name}, ${now});
      ${on('INSERT', 'NEW', 'NEW.item_json')} ${on('UPDATE', 'NEW', 'NEW.item_json')} ${on('DELETE', 'OLD', 'NULL')}
      COMMIT;`);
  }

  function describe(database: DatabaseSync, table: string) {
    const from = since(database, table);
    const [EarliestRestorableDateTime, LatestRestorableDateTime] = [(from ?? 0) / 1000, Date.now() / 1000];
    const PointInTimeRecoveryDescription = {
      PointInTimeRecoveryStatus: from === undefined ? 'DISABLED' : 'ENABLED',
      ...(from !== undefined && { EarliestRestorableDateTime, LatestRestorableDateTime }),
    };
    const ContinuousBackupsStatus = 'ENABLED';
    return { ContinuousBackupsDescription: { ContinuousBackupsStatus, PointInTimeRecoveryDescription } };
  }

  async function restore(database: DatabaseSync, request: z.infer<typeof restoring>) {
    const { SourceTableName: source, TargetTableName: target, RestoreDateTime } = request;
    const from = since(database, source);
    if (from === undefined)
      throw new ServiceError('PointInTimeRecoveryUnavailableException', `It is not enabled for the table ${source}.`);
    const at = RestoreDateTime === undefined ? Date.now() : RestoreDateTime * 1000;
    if (at < from || at > Date.now()) {
      const why = `${source} can be restored from ${new Date(from).toISOString()} on.`;
      throw new ServiceError('InvalidRestoreTimeException', why);
    }
    const { Table } = described.parse(await call('DescribeTable', { TableName: source }));
    const { KeySchema, AttributeDefinitions } = Table;
    const definition = { KeySchema, AttributeDefinitions, BillingMode: 'PAY_PER_REQUEST' };
    const created = await call('CreateTable', { TableName: target, ...definition });
    const rows = database
      .prepare(
        `SELECT item_json FROM (SELECT item_json, row_number() OVER (PARTITION BY pk, sk ORDER BY at DESC, rowid DESC) AS age
           FROM _history WHERE table_name = ? AND at <= ?) WHERE age = 1 AND item_json IS NOT NULL`,
      )
      .all(source, at);
    for (let first = 0; first < rows.length; first += 25) {
      const items = rows.slice(first, first + 25).map((row) => JSON.parse(stored.parse(row).item_json));
      await call('BatchWriteItem', { RequestItems: { [target]: items.map((Item) => ({ PutRequest: { Item } })) } });
    }
    return Object(created);
  }

  async function serve(operation: string, input: unknown): Promise<object> {
    const database = openDatabase(file, schema);
    try {
      if (operation === 'RestoreTableToPointInTime') return await restore(database, restoring.parse(input));
      if (operation === 'UpdateContinuousBackups') enable(database, named.parse(input).TableName);
      return describe(database, named.parse(input).TableName);
    } finally {
      database.close();
    }
  }

  return (operation, body) => (operations.has(operation) ? serve(operation, JSON.parse(body)) : undefined);
}
