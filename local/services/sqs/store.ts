import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod/mini';
import { jsonText } from '../../parse.ts';
import { ServiceError } from '../error.ts';
import { keepRows, openDatabase } from '../sqlite.ts';
import type { QueueAttributes, RedrivePolicy } from './queue.ts';
import { messageAttributes, queueAttributes, queueName } from './queue.ts';

const schema = `
  PRAGMA journal_mode = WAL;
  CREATE TABLE IF NOT EXISTS queues (name TEXT PRIMARY KEY, attributes TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS messages (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, messageId TEXT NOT NULL, body TEXT NOT NULL,
    attributes TEXT NOT NULL, sentAt INTEGER NOT NULL, visibleAt INTEGER NOT NULL, receiveCount INTEGER NOT NULL DEFAULT 0,
    firstReceivedAt INTEGER, receiptHandle TEXT, groupId TEXT, deduplicationId TEXT, sourceArn TEXT);
  CREATE INDEX IF NOT EXISTS messages_by_queue ON messages(queue, sequence);
  CREATE TABLE IF NOT EXISTS sent (
    queue TEXT NOT NULL, deduplicationId TEXT NOT NULL, sequence INTEGER NOT NULL, messageId TEXT NOT NULL,
    sentAt INTEGER NOT NULL, PRIMARY KEY (queue, deduplicationId));`;

const dueInOrder = `
  SELECT sequence FROM messages WHERE queue = :queue AND visibleAt <= :now AND (groupId IS NULL OR groupId NOT IN
    (SELECT groupId FROM messages WHERE queue = :queue AND visibleAt > :now AND groupId IS NOT NULL))
  ORDER BY sequence LIMIT :limit`;
// A message without a group is a group of its own.
const dueFairly = `
  SELECT sequence FROM messages LEFT JOIN (
    SELECT groupId AS busy, count(*) AS inFlight FROM messages
    WHERE queue = :queue AND visibleAt > :now AND receiveCount > 0 GROUP BY groupId) ON groupId = busy
  WHERE queue = :queue AND visibleAt <= :now
  ORDER BY coalesce(inFlight, 0) + row_number() OVER (PARTITION BY coalesce(groupId, sequence) ORDER BY sequence), sequence
  LIMIT :limit`;

const deduplicationMs = 5 * 60_000;

/** Stores queues and their messages in an SQLite file. Times are in milliseconds since 1970, and the caller passes `now`. */
export class QueueStore {
  /** Emits the name of a queue when a message of it may have become visible. */
  readonly changes = new EventEmitter().setMaxListeners(0);
  readonly #database: DatabaseSync;
  readonly #arnPrefix: string;

  constructor(file: string, arnPrefix: string) {
    this.#database = openDatabase(file, schema);
    this.#arnPrefix = arnPrefix;
  }

  close(): void {
    this.#database.close();
  }

  /** Keeps the queues and their messages. Returns what brings them back. */
  keep(): () => void {
    return keepRows(this.#database);
  }

  arn(queue: string): string {
    return `${this.#arnPrefix}${queue}`;
  }

  setQueue(name: string, attributes: QueueAttributes): void {
    this.#run('INSERT OR REPLACE INTO queues VALUES (?, ?)', name, JSON.stringify(attributes));
  }

  attributes(queue: string): QueueAttributes {
    const row = this.#database.prepare('SELECT attributes FROM queues WHERE name = ?').get(queue);
    if (!row) throw new ServiceError('QueueDoesNotExist', 'The specified queue does not exist.');
    return queueAttributes.parse(JSON.parse(String(row['attributes'])));
  }

  /** Returns how many messages of each queue can be received, how many can't, and how old the oldest message is, in ms. */
  levels(now: number): z.infer<typeof level>[] {
    const sql = `
      SELECT name AS queue, total(visibleAt <= :now) AS visible, total(visibleAt > :now) AS notVisible,
        :now - coalesce(min(sentAt), :now) AS oldestMs
      FROM queues LEFT JOIN messages ON queue = name GROUP BY name`;
    return this.#database
      .prepare(sql)
      .all({ now })
      .map((row) => level.parse(row));
  }

  /** Sends a message. If one with the same deduplication id was sent in the last five minutes, it returns that one instead. */
  send(queue: string, message: NewMessage, now: number): { messageId: string; sequence: number } {
    const { body, groupId = null, deduplicationId = null } = message;
    if (deduplicationId !== null) {
      this.#run('DELETE FROM sent WHERE sentAt < ?', now - deduplicationMs);
      const sql = 'SELECT messageId, sequence FROM sent WHERE queue = ? AND deduplicationId = ?';
      const before = this.#database.prepare(sql).get(queue, deduplicationId);
      if (before) return { messageId: String(before['messageId']), sequence: Number(before['sequence']) };
    }
    const messageId = randomUUID();
    const visibleAt = now + 1000 * (message.delaySeconds ?? this.attributes(queue).DelaySeconds);
    const { lastInsertRowid } = this.#run(
      'INSERT INTO messages (queue, messageId, body, attributes, sentAt, visibleAt, groupId, deduplicationId) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      queue,
      messageId,
      body,
      JSON.stringify(message.attributes),
      now,
      visibleAt,
      groupId,
      deduplicationId,
    );
    const sequence = Number(lastInsertRowid);
    if (deduplicationId !== null)
      this.#run('INSERT OR REPLACE INTO sent VALUES (?, ?, ?, ?, ?)', queue, deduplicationId, sequence, messageId, now);
    this.changes.emit(queue);
    return { messageId, sequence };
  }

  /**
   * Returns up to `limit` messages and hides them. Messages that were received too often are moved to the dead-letter queue instead.
   * While a message of a group in a FIFO queue is hidden, no other message of that group is returned. In other queues a group with
   * many messages in flight comes after those with few ("How Amazon SQS fair queues work", which begins to do so at 30 of them).
   */
  receive(queue: string, limit: number, visibilityMs: number, now: number): Message[] {
    const { MessageRetentionPeriod, RedrivePolicy, FifoQueue } = this.attributes(queue);
    this.#run('DELETE FROM messages WHERE queue = ? AND sentAt < ?', queue, now - 1000 * MessageRetentionPeriod);
    if (RedrivePolicy) this.#moveToDeadLetterQueue(queue, RedrivePolicy, now);
    const due = this.#database.prepare(FifoQueue ? dueInOrder : dueFairly);
    const hide = this.#database.prepare(`
      UPDATE messages SET visibleAt = ?, receiveCount = receiveCount + 1, receiptHandle = ?,
        firstReceivedAt = coalesce(firstReceivedAt, ?) WHERE sequence = ? RETURNING *`);
    return due
      .all({ queue, now, limit })
      .map(({ sequence }) => row.parse(hide.get(now + visibilityMs, newHandle(queue), now, Number(sequence))));
  }

  /** The oldest messages of a queue, 50 at most, which stay as they are. Until `visibleAt` nobody receives them. */
  peek(queue: string) {
    const sql = 'SELECT body, sentAt, visibleAt, receiveCount FROM messages WHERE queue = ? ORDER BY sequence LIMIT 50';
    return this.#database.prepare(sql).all(queue);
  }

  /** Returns when the next hidden message of a queue becomes visible. */
  nextVisibleAt(queue: string, now: number): number | undefined {
    const sql = 'SELECT min(visibleAt) AS next FROM messages WHERE queue = ? AND visibleAt > ?';
    const next = this.#database.prepare(sql).get(queue, now)?.['next'];
    return typeof next === 'number' ? next : undefined;
  }

  /** Deletes a message. An outdated receipt handle has no effect. */
  delete(queue: string, receiptHandle: string): void {
    this.#run('DELETE FROM messages WHERE queue = ? AND receiptHandle = ?', queue, receiptHandle);
    this.changes.emit(queue);
  }

  /** Hides a received message until `visibleAt`. Returns false if the handle belongs to no message in flight. */
  changeVisibility(queue: string, receiptHandle: string, visibleAt: number, now: number): boolean {
    const sql = 'UPDATE messages SET visibleAt = ? WHERE queue = ? AND receiptHandle = ? AND visibleAt > ?';
    const { changes } = this.#run(sql, visibleAt, queue, receiptHandle, now);
    this.changes.emit(queue);
    return changes === 1;
  }

  purge(queue: string): void {
    this.#run('DELETE FROM messages WHERE queue = ?', queue);
  }

  /** Whether a queue gets what others gave up. */
  isDeadLetterQueue(queue: string): boolean {
    return this.levels(0).some(({ queue: source }) => {
      const { RedrivePolicy } = this.attributes(source);
      return RedrivePolicy !== undefined && queueName(RedrivePolicy.deadLetterTargetArn) === queue;
    });
  }

  /** Moves the messages of a dead-letter queue back to the queues that they come from, as new ones. */
  moveBack(deadLetters: string, now: number): void {
    const sql = 'SELECT DISTINCT sourceArn FROM messages WHERE queue = ? AND visibleAt <= ? AND sourceArn IS NOT NULL';
    for (const { sourceArn } of this.#database.prepare(sql).all(deadLetters, now)) {
      const source = queueName(String(sourceArn));
      this.#run(
        `UPDATE messages SET queue = ?, sourceArn = NULL, receiptHandle = NULL, receiveCount = 0, firstReceivedAt = NULL, sentAt = ?
         WHERE queue = ? AND sourceArn = ? AND visibleAt <= ?`,
        source,
        now,
        deadLetters,
        String(sourceArn),
        now,
      );
      this.changes.emit(source);
    }
  }

  /** Moves messages that were received too often to the dead-letter queue. */
  #moveToDeadLetterQueue(queue: string, { deadLetterTargetArn, maxReceiveCount }: RedrivePolicy, now: number): void {
    const deadLetters = queueName(deadLetterTargetArn);
    const sql =
      'UPDATE messages SET queue = ?, sourceArn = ?, receiptHandle = NULL WHERE queue = ? AND visibleAt <= ? AND receiveCount >= ?';
    const { changes } = this.#run(sql, deadLetters, this.arn(queue), queue, now, maxReceiveCount);
    if (changes) this.changes.emit(deadLetters);
  }

  #run(sql: string, ...values: (string | number | null)[]) {
    return this.#database.prepare(sql).run(...values);
  }
}

/** A receipt handle names its queue, so that it is refused elsewhere. */
function newHandle(queue: string): string {
  return Buffer.from(`${queue} ${randomUUID()}`).toString('base64');
}

/** The queue of a receipt handle, or undefined if it is none. */
export function queueOfHandle(handle: string): string | undefined {
  return /^(\S+) [0-9a-f-]{36}$/.exec(Buffer.from(handle, 'base64').toString())?.[1];
}

const level = z.object({ queue: z.string(), visible: z.number(), notVisible: z.number(), oldestMs: z.number() });
const orNothing = z.transform((text: string | null) => text ?? undefined);
const absent = z.pipe(z.nullable(z.string()), orNothing);
const row = z.object({
  /** It grows with every message, and is the sequence number in a FIFO queue. */
  sequence: z.number(),
  messageId: z.string(),
  body: z.string(),
  attributes: jsonText(messageAttributes),
  sentAt: z.number(),
  firstReceivedAt: z.number(),
  receiveCount: z.number(),
  receiptHandle: z.string(),
  groupId: absent,
  deduplicationId: absent,
  sourceArn: absent,
});
/** A message that a receiver gets. Times are in milliseconds since 1970. */
export type Message = z.infer<typeof row>;
type NewMessage = Pick<Message, 'body' | 'attributes' | 'groupId' | 'deduplicationId'> & {
  delaySeconds?: number | undefined;
};
