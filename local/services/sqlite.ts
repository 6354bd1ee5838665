import { DatabaseSync } from 'node:sqlite';
import { StackError } from '../types.ts';

/** Opens an SQLite file, creating it if needed, and runs SQL on it. Throws `StackError` if the file is damaged or no SQLite file. */
export function openDatabase(file: string, sql: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 5_000 });
  try {
    database.exec(sql);
    return database;
  } catch (error) {
    database.close();
    const reason = error instanceof Error ? error.message : error;
    throw new StackError(`${file} can't be used (${reason}); restore it, or remove the data folder.`);
  }
}
