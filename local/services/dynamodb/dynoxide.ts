import { createRequire } from 'node:module';
import { StackError } from '../../types.ts';
import { openDatabase } from '../sqlite.ts';

const require = createRequire(import.meta.url);

/** Path of the dynoxide binary that npm installed for this platform. */
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
 * Cures for faults of dynoxide 1.2.1, in its own SQLite file (a private schema, so the version is pinned and a test
 * guards each cure): without the indexes every write to a table with a stream scans all its stream records; nothing
 * ever trims them to DynamoDB's 24 hours; a table made again replays its predecessor's; and a record that the TTL
 * sweeper caused isn't marked as DynamoDB marks it (here: whoever deletes an item after its time).
 */
const cures = `
  CREATE INDEX IF NOT EXISTS sr_seq ON _stream_records(table_name, CAST(sequence_number AS INTEGER));
  CREATE INDEX IF NOT EXISTS sr_shard ON _stream_records(table_name, shard_id, CAST(sequence_number AS INTEGER));
  CREATE INDEX IF NOT EXISTS sr_time ON _stream_records(created_at);
  CREATE TRIGGER IF NOT EXISTS sr_trim AFTER INSERT ON _stream_records WHEN NEW.id % 256 = 0 BEGIN
    DELETE FROM _stream_records WHERE created_at < NEW.created_at - 86400 AND id < NEW.id;
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

/** Applies the cures to the file of a running server (SQLite tells it of the change). */
export function cure(file: string): void {
  openDatabase(file, cures).close();
}
