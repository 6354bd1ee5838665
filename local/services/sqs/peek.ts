import { join } from 'node:path';
import { openDatabase } from '../sqlite.ts';

export interface PeekedMessage {
  readonly body: string;
  readonly sentAt: number;
  /** Until when nobody else receives it, in milliseconds since 1970. */
  readonly visibleAt: number;
  readonly receiveCount: number;
}

/** Reads the oldest messages of a queue, 50 at most, without receiving them. */
export function peek(dataDir: string, queue: string): readonly PeekedMessage[] {
  const database = openDatabase(join(dataDir, 'sqs.sqlite'), 'PRAGMA query_only = ON');
  try {
    const sql = 'SELECT body, sentAt, visibleAt, receiveCount FROM messages WHERE queue = ? ORDER BY sequence LIMIT 50';
    return database
      .prepare(sql)
      .all(queue)
      .map((row) => ({
        body: String(row['body']),
        sentAt: Number(row['sentAt']),
        visibleAt: Number(row['visibleAt']),
        receiveCount: Number(row['receiveCount']),
      }));
  } finally {
    database.close();
  }
}
