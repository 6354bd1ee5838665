import * as z from 'zod/mini';
import type { DynamoDb } from '#adapters/dynamo/client.ts';
import { expression } from '#adapters/dynamo/expression.ts';
import { type Item, type Key, queryAll, type Table, transact } from '#adapters/dynamo/table.ts';
import type { Change, MessageChange, VoidChange } from '#core/conversations/change.ts';
import type { MessageReader } from '#core/messages/message-view.ts';
import type { VoidReader } from '#core/messages/unread.ts';
import { conversationOf, receiptMark, summariesMark } from './heads.ts';
import { changeSk, keys, voidsEnd, voidsSk } from './keys.ts';
import { createOpening, hasSummaries } from './openings.ts';
import { changeItem, changeOf } from './stored-change.ts';

/**
 * The number of voids in a head, which take about 5 bytes each. Beyond `usual` they move to an item of their own: there they make the
 * sends no dearer, but whoever hasn't read that far yet has one read more. That is looked after with every `every`-th number, because
 * many are often sealed at once and would be in each other's way. `most` is only reached by those who avoid these numbers.
 */
const voidsInHead = { usual: 64, every: 16, most: 512 };

/** How many changes are read at most to know who wrote them. */
const authoredAtOnce = 50;

/** Voids that were moved out of the head together. */
const StoredVoids = z.object({ ns: z.set(z.number()) });

/** All reactions of one user to one message. The message itself has the number of each emoji and the first users only. */
const StoredReaction = z.object({ target: z.number(), emojis: z.array(z.string()) });

/** The item with a user's reactions to the message at `target`. */
export function reactionItem(key: Key, target: number, emojis: readonly string[]): Item {
  return { ...key, target, emojis };
}

function reactionOf(item: Item): z.infer<typeof StoredReaction> {
  return StoredReaction.parse(item);
}

/** The condition that there is no item with the key. */
export const absent = expression`attribute_not_exists(pk)`;

/**
 * The changes of conversations. Each is an item with its `seq` in the key. All reads are consistent. `onUnknown` is called with
 * the number of changes that were read and are from a newer version.
 */
export function createChanges(client: DynamoDb, table: Table, onUnknown: (changes: number) => void) {
  const { openAll } = createOpening(table);

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
    // Only messages can be missing, since all other changes are written together with their number. So each number after `before`
    // is one more message.
    const before = await upTo(conversationId, seq - 1);
    return (before?.n ?? 0) + seq - (before?.seq ?? 0);
  }

  /** Moves the voids of a head to an item of their own if there are more than so many, and unless they change meanwhile. */
  async function moveVoids(head: Item, usual: number): Promise<void> {
    const { id, voids, voidsThrough = 0 } = conversationOf(head);
    if (voids.length <= usual) return;
    const last = Math.max(...voids);
    await transact(client, [
      { table: table.name, put: { ...keys.voids(id, last), ns: new Set(voids) } },
      {
        table: table.name,
        key: keys.head(id),
        // A void may be found late, and be older than those that were moved before.
        update: expression`SET voidsThrough = ${Math.max(voidsThrough, last)} REMOVE voids, ${receiptMark}`,
        if: expression`voids = ${new Set(voids)}`,
      },
    ]);
  }

  return {
    /** The `n` of the message at a `seq` which is used but whose item is missing. */
    nAt,

    /** The changes from `first` to `last`, both included, in ascending `seq`. Missing ones are left out. */
    async range(conversationId: string, first: number, last: number): Promise<Change[]> {
      if (last < first) return [];
      const items = await queryAll(table, {
        where: expression`pk = ${keys.conversation(conversationId)} AND sk BETWEEN ${changeSk(first)} AND ${changeSk(last)}`,
        consistent: true,
      });
      return changesOf(conversationId, items);
    },

    /** The changes at some `seq`s, in no particular order. Missing ones are left out. */
    async at(conversationId: string, seqs: readonly number[]): Promise<Change[]> {
      const items = await table.batchGet(
        [...new Set(seqs)].map((seq) => keys.change(conversationId, seq)),
        { consistent: true },
      );
      return changesOf(conversationId, items);
    },

    /** The change at a `seq` as a replica has it, or undefined: it may be behind. It costs half a read unit. */
    async glance(conversationId: string, seq: number): Promise<Change | undefined> {
      const item = await table.get(keys.change(conversationId, seq));
      return item && changesOf(conversationId, [item])[0];
    },

    /**
     * Who wrote the messages after `from` and up to `to`, eventually consistent, or undefined if these are more than `authoredAtOnce`
     * changes. They cost half a read unit for each 4 KB.
     */
    async authorsOf(conversationId: string, from: number, to: number): Promise<ReadonlySet<string> | undefined> {
      if (to - from > authoredAtOnce) return undefined;
      const items = await queryAll(table, {
        where: expression`pk = ${keys.conversation(conversationId)} AND sk BETWEEN ${changeSk(from + 1)} AND ${changeSk(to)}`,
      });
      const written = changesOf(conversationId, items);
      return new Set(written.flatMap((change) => (change.type === 'message' ? change.senderId : [])));
    },

    /** The emojis of one user's reactions to some messages, by the `seq` of the message. */
    async reactionsBy(conversationId: string, userId: string, seqs: readonly number[]) {
      const items = await table.batchGet(
        seqs.map((seq) => keys.reaction(conversationId, seq, userId)),
        { consistent: true },
      );
      return new Map(items.map(reactionOf).map(({ target, emojis }) => [target, emojis]));
    },

    /** Stores a message if there is no change at its `seq`. Else returns the change that is there. */
    async put(message: MessageChange): Promise<Change | undefined> {
      const written = await table.put(changeItem(message), { if: absent });
      return written.done ? undefined : changeOf(message.conversationId, written.item ?? {});
    },

    /**
     * Stores a void at a `seq` if nothing is there. The same transaction adds its `n` to the head's `voids`, so that unread
     * counts stay exact. Returns the change that is there afterwards.
     */
    async seal(conversationId: string, seq: number): Promise<Change> {
      const change: VoidChange = { type: 'void', conversationId, seq, n: await nAt(conversationId, seq) };
      const key = keys.head(conversationId);
      // A summary counts the missing message as unread, so it is outdated, too.
      for (let summaries: number | undefined; ; ) {
        const result = await transact(client, [
          { table: table.name, put: changeItem(change), if: absent },
          {
            table: table.name,
            key,
            update: expression`ADD voids ${new Set([change.n])} REMOVE ${receiptMark}, ${summariesMark}`,
            if: expression`${hasSummaries(summaries)} AND (attribute_not_exists(voids) OR size(voids) < ${voidsInHead.most})`,
          },
        ]);
        if (result.done) {
          const [head] = change.n % voidsInHead.every === 0 ? await table.batchGet([key], { consistent: true }) : [];
          if (head) await moveVoids(head, voidsInHead.usual);
          return change;
        }
        const [there, refused] = result.refused;
        if (there?.item) return changeOf(conversationId, there.item);
        const head = refused?.item && conversationOf(refused.item);
        if (!head) continue;
        if (head.summaries === summaries) await moveVoids(refused.item, 0);
        else await openAll(head);
        ({ summaries } = head);
      }
    },

    async voidsAbove(conversationId: string, n: number): Promise<number[]> {
      const items = await queryAll(table, {
        where: expression`pk = ${keys.conversation(conversationId)} AND sk BETWEEN ${voidsSk(n + 1)} AND ${voidsEnd}`,
        consistent: true,
      });
      return items.flatMap((item) => [...StoredVoids.parse(item).ns]).filter((one) => one > n);
    },

    /**
     * The newest change up to a `seq`, or undefined if there is none. It costs half a read unit if there is one at that `seq`. That
     * is read eventually consistently, because the number of a change never becomes another's.
     */
    async reached(conversationId: string, seq: number): Promise<Change | undefined> {
      const item = await table.get(keys.change(conversationId, seq));
      return item ? changeOf(conversationId, item) : upTo(conversationId, seq);
    },
  } satisfies MessageReader & VoidReader & Record<string, unknown>;
}

export type Changes = ReturnType<typeof createChanges>;
