import { join } from 'node:path';
import * as z from 'zod/mini';
import { openDatabase } from '../sqlite.ts';

/** Until `visibleAt` nobody else receives it. Times are in milliseconds since 1970. */
const peeked = z.object({ body: z.string(), sentAt: z.number(), visibleAt: z.number(), receiveCount: z.number() });
export type PeekedMessage = z.infer<typeof peeked>;

/** Reads the oldest messages of a queue, 50 at most, without receiving them. */
export function peek(dataDir: string, queue: string): readonly PeekedMessage[] {
  const database = openDatabase(join(dataDir, 'sqs.sqlite'), 'PRAGMA query_only = ON');
  try {
    const sql = 'SELECT body, sentAt, visibleAt, receiveCount FROM messages WHERE queue = ? ORDER BY sequence LIMIT 50';
    return database
      .prepare(sql)
      .all(queue)
      .map((row) => peeked.parse(row));
  } finally {
    database.close();
  }
}
