import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { expression } from '#adapters/dynamo/expression.ts';
import { type Item, type Key, queryAll, type Table, transact } from '#adapters/dynamo/table.ts';
import type { Change, MessageChange, VoidChange } from '#core/conversations/change.ts';
import type { MessageReader } from '#core/messages/message-view.ts';
import { receiptMark } from './heads.ts';
import { changeSk, keys } from './keys.ts';
import { changeItem, changeOf } from './stored-change.ts';

/** What one person reacted with to one message; the message itself only counts and lists the first of them. */
const StoredReaction = z.object({ target: z.number(), emojis: z.array(z.string()) });

export function reactionItem(key: Key, target: number, emojis: readonly string[]): Item {
  return { ...key, target, emojis };
}

function reactionOf(item: Item): z.infer<typeof StoredReaction> {
  return StoredReaction.parse(item);
}

export const absent = expression`attribute_not_exists(pk)`;

/** The changes of conversations, one item each under its `seq`. `onUnknown` is told how many of a newer version were read. */
export function createChanges(client: DynamoDBClient, table: Table, onUnknown: (changes: number) => void) {
  function changesOf(conversationId: string, items: readonly Item[]): Change[] {
    const changes = items.map((item) => changeOf(conversationId, item));
    const unknown = changes.filter(({ type }) => type === 'unknown').length;
    if (unknown > 0) onUnknown(unknown);
    return changes;
  }

  async function upTo(conversationId: string, seq: number): Promise<Change | undefined> {
    const { items } = await table.query({
      where: expression`pk = ${keys.conversation(conversationId)} AND sk BETWEEN ${changeSk(0)} AND ${changeSk(seq)}`,
      descending: true,
      limit: 1,
      consistent: true,
    });
    return changesOf(conversationId, items)[0];
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
      return changesOf(conversationId, items);
    },

    async at(conversationId: string, seqs: readonly number[]): Promise<Change[]> {
      const items = await table.batchGet(
        [...new Set(seqs)].map((seq) => keys.change(conversationId, seq)),
        { consistent: true },
      );
      return changesOf(conversationId, items);
    },

    async reactionsBy(conversationId: string, userId: string, seqs: readonly number[]) {
      const items = await table.batchGet(
        seqs.map((seq) => keys.reaction(conversationId, seq, userId)),
        { consistent: true },
      );
      return new Map(items.map(reactionOf).map(({ target, emojis }) => [target, emojis]));
    },

    async put(message: MessageChange): Promise<Change | undefined> {
      const written = await table.put(changeItem(message), { if: absent });
      return written.done ? undefined : changeOf(message.conversationId, written.item ?? {});
    },

    /** The void and its note on the head, which keeps `unread` exact, are written together. */
    async seal(conversationId: string, seq: number): Promise<Change> {
      const change: VoidChange = { type: 'void', conversationId, seq, n: await nAt(conversationId, seq) };
      const result = await transact(client, [
        { table: table.name, put: changeItem(change), if: absent },
        {
          table: table.name,
          key: keys.head(conversationId),
          update: expression`ADD voids ${new Set([change.n])} REMOVE ${receiptMark}`,
        },
      ]);
      const there = result.done ? undefined : result.refused[0]?.item;
      return there ? changeOf(conversationId, there) : change;
    },

    /** The newest change up to a `seq`. */
    upTo,
  } satisfies MessageReader & Record<string, unknown>;
}

export type Changes = ReturnType<typeof createChanges>;
