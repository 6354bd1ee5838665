import { createRequire } from 'node:module';
import { StackError } from '../../types.ts';
import { keepRows, openDatabase } from '../sqlite.ts';

const require = createRequire(import.meta.url);

/** Returns the path of the dynoxide binary that npm installed for this platform. */
export function dynoxideBinary(): string {
  const platform = `${process.platform}-${process.arch}`;
  try {
    return require.resolve(`@dynoxide/${platform}/dynoxide${process.platform === 'win32' ? '.exe' : ''}`);
  } catch {
    throw new StackError(
      `There is no local DynamoDB for ${platform}: install @dynoxide/${platform}, or start another one and set AWS_ENDPOINT_URL_DYNAMODB to its address.`,
    );
  }
}

/**
 * Workarounds for four faults of dynoxide 1.2.1. They change its SQLite file, whose schema is private, so the version is pinned and a
 * test covers each of them. Without the indexes, every write to a table with a stream scans all its stream records. Stream records
 * are never trimmed to DynamoDB's 24 hours; here the oldest are, which needs no index for each write to keep. A table that is created again replays the records of its predecessor. And the record of
 * an item that expired is not marked as DynamoDB marks it; here this applies to every deletion of an item after its expiry time.
 */
const workarounds = `
  CREATE INDEX IF NOT EXISTS sr_seq ON _stream_records(table_name, CAST(sequence_number AS INTEGER));
  CREATE INDEX IF NOT EXISTS sr_shard ON _stream_records(table_name, shard_id, CAST(sequence_number AS INTEGER));
  DROP INDEX IF EXISTS sr_time;
  DROP TRIGGER IF EXISTS sr_trim;
  CREATE TRIGGER sr_trim AFTER INSERT ON _stream_records WHEN NEW.id % 256 = 0 BEGIN
    DELETE FROM _stream_records WHERE created_at < NEW.created_at - 86400
      AND id IN (SELECT id FROM _stream_records WHERE id < NEW.id ORDER BY id LIMIT 1024);
  END;
  CREATE TRIGGER IF NOT EXISTS sr_table AFTER DELETE ON _tables BEGIN
    DELETE FROM _stream_records WHERE table_name = OLD.table_name;
  END;
  CREATE TRIGGER IF NOT EXISTS sr_ttl AFTER INSERT ON _stream_records WHEN NEW.event_name = 'REMOVE' BEGIN
    UPDATE _stream_records SET user_identity = '{"Type":"Service","PrincipalId":"dynamodb.amazonaws.com"}'
    WHERE id = NEW.id AND NEW.created_at >= (
      SELECT CAST(json_extract(NEW.old_image, '$."' || ttl_attribute || '".N') AS INTEGER)
      FROM _tables WHERE table_name = NEW.table_name AND ttl_enabled = 1);
  END;`;

/** Applies the workarounds to the file of a running server, which notices the change through SQLite. */
export function applyWorkarounds(file: string): void {
  openDatabase(file, workarounds).close();
}

/**
 * Keeps the items of all tables of a running server. `restore` brings them back without stream records: streams then begin anew, and so do
 * those that read them.
 */
export function keepItems(file: string): { restore(): void; close(): void } {
  const database = openDatabase(file, '');
  const restore = keepRows(database, (table) => !table.startsWith('_'));
  return {
    restore() {
      restore();
      database.exec('DELETE FROM _stream_records');
    },
    close: () => database.close(),
  };
}
