import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import type { Change, MessageChange } from '../../core/messages/change.ts';
import type { ChangeReader } from '../../core/messages/read.ts';
import { expression } from './expression.ts';
import { changeSk, keys, seqOf, uuidBytes, uuidText } from './keys.ts';
import { type Item, queryAll, type Table, transact } from './table.ts';

const uuid = z.pipe(
  z.custom<Uint8Array>((value) => value instanceof Uint8Array),
  z.transform((bytes) => uuidText(bytes)),
);

const StoredChange = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('message'),
    n: z.number(),
    senderId: uuid,
    clientId: uuid,
    text: z.string(),
    replyTo: z.nullable(z.number()),
    sentAt: z.number(),
  }),
  z.object({
    type: z.literal('member'),
    n: z.number(),
    userId: uuid,
    change: z.enum(['added', 'removed', 'left', 'role']),
    by: uuid,
  }),
  z.object({ type: z.literal('conversation'), n: z.number(), name: z.nullable(z.string()) }),
  z.object({ type: z.literal('void'), n: z.number() }),
]);

/** A change as its item; ids are stored as 16 bytes. */
export function changeItem(change: Change): Item {
  const { conversationId, seq, ...rest } = change;
  const item = { ...keys.change(conversationId, seq), ...rest };
  if (change.type === 'message')
    return { ...item, senderId: uuidBytes(change.senderId), clientId: uuidBytes(change.clientId) };
  if (change.type === 'member') return { ...item, userId: uuidBytes(change.userId), by: uuidBytes(change.by) };
  return item;
}

export function changeOf(conversationId: string, item: Item): Change {
  return { conversationId, seq: seqOf(String(item['sk'])), ...StoredChange.parse(item) };
}

const absent = expression`attribute_not_exists(pk)`;

/** The changes of conversations, one item each under its `seq`. */
export function createChanges(client: DynamoDBClient, table: Table) {
  async function upTo(conversationId: string, seq: number): Promise<Change | undefined> {
    const { items } = await table.query({
      where: expression`pk = ${keys.conversation(conversationId)} AND sk BETWEEN ${changeSk(0)} AND ${changeSk(seq)}`,
      descending: true,
      limit: 1,
      consistent: true,
    });
    return items[0] && changeOf(conversationId, items[0]);
  }

  async function nAt(conversationId: string, seq: number): Promise<number> {
    // Only messages leave holes (all else is written together with its number), so every number since took an n.
    const before = await upTo(conversationId, seq - 1);
    return (before?.n ?? 0) + seq - (before?.seq ?? 0);
  }

  return {
    /** The `n` of a message whose number was given out and which isn't there. */
    nAt,

    async range(conversationId: string, first: number, last: number): Promise<Change[]> {
      if (last < first) return [];
      const items = await queryAll(table, {
        where: expression`pk = ${keys.conversation(conversationId)} AND sk BETWEEN ${changeSk(first)} AND ${changeSk(last)}`,
        consistent: true,
      });
      return items.map((item) => changeOf(conversationId, item));
    },

    async put(message: MessageChange): Promise<Change | undefined> {
      const written = await table.put(changeItem(message), { if: absent });
      return written.done ? undefined : changeOf(message.conversationId, written.item ?? {});
    },

    /** The void and its note on the head, which keeps `unread` exact, are written together. */
    async seal(conversationId: string, seq: number): Promise<Change> {
      const change: Change = { type: 'void', conversationId, seq, n: await nAt(conversationId, seq) };
      const result = await transact(client, [
        { table: table.name, put: changeItem(change), if: absent },
        { table: table.name, key: keys.head(conversationId), update: expression`ADD voids ${new Set([change.n])}` },
      ]);
      const there = result.done ? undefined : result.refused[0]?.item;
      return there ? changeOf(conversationId, there) : change;
    },

    /** The newest change up to a `seq`. */
    upTo,
  } satisfies ChangeReader & Record<string, unknown>;
}

export type Changes = ReturnType<typeof createChanges>;
