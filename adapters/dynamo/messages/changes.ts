import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { expression } from '#adapters/dynamo/expression.ts';
import { type Item, type Key, queryAll, type Table, transact } from '#adapters/dynamo/table.ts';
import type { Change, MessageChange } from '#core/conversations/change.ts';
import type { MessageReader } from '#core/messages/message-view.ts';
import { endsSegment } from '#core/search/segment.ts';
import { HistoryAccess, Role } from '#protocol/conversations.ts';
import { Attachment } from '#protocol/media.ts';
import { receiptMark } from './heads.ts';
import { changeSk, keys, seqOf, uuidBytes, uuidText } from './keys.ts';

const uuid = z.pipe(
  z.custom<Uint8Array>((value) => value instanceof Uint8Array),
  z.transform((bytes) => uuidText(bytes)),
);

const common = { n: z.number(), fanout: z.optional(z.literal(true)) };
const revision = { ...common, target: z.number(), by: uuid };

const StoredChange = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('message'),
    ...common,
    senderId: uuid,
    clientId: uuid,
    text: z.string(),
    media: z.optional(z.array(Attachment)),
    replyTo: z.nullable(z.number()),
    sentAt: z.number(),
    editedAt: z.optional(z.number()),
    deletedAt: z.optional(z.number()),
    reactions: z.optional(z.array(z.object({ emoji: z.string(), count: z.number(), userIds: z.array(uuid) }))),
    updatedSeq: z.optional(z.number()),
    edits: z.optional(z.array(z.number())),
    originalHash: z.optional(z.string()),
  }),
  z.object({
    type: z.literal('member'),
    ...common,
    userId: uuid,
    change: z.enum(['added', 'removed', 'left', 'role', 'erased']),
    by: uuid,
    role: z.optional(Role),
    at: z.optional(z.number()),
  }),
  z.object({
    type: z.literal('conversation'),
    ...common,
    name: z.optional(z.nullable(z.string())),
    history: z.optional(HistoryAccess),
    avatarMediaId: z.optional(z.string()),
  }),
  z.object({ type: z.literal('edited'), ...revision, at: z.number(), before: z.optional(z.string()) }),
  z.object({ type: z.literal('deleted'), ...revision }),
  z.object({ type: z.literal('reacted'), ...revision, emoji: z.string(), removed: z.optional(z.literal(true)) }),
  z.object({ type: z.literal('void'), ...common }),
]);

/** A change as its item; ids are stored as 16 bytes. */
export function changeItem(change: Change): Item {
  const { conversationId, seq, ...rest } = change;
  // The stream's readers see by this that a segment of the search index can be built.
  const item = { ...keys.change(conversationId, seq), ...rest, ...(endsSegment(seq) && { endsSegment: true }) };
  switch (change.type) {
    case 'message':
      return {
        ...item,
        senderId: uuidBytes(change.senderId),
        clientId: uuidBytes(change.clientId),
        ...(change.reactions && {
          reactions: change.reactions.map((reaction) => ({ ...reaction, userIds: reaction.userIds.map(uuidBytes) })),
        }),
      };
    case 'member':
      return { ...item, userId: uuidBytes(change.userId), by: uuidBytes(change.by) };
    case 'edited':
    case 'deleted':
    case 'reacted':
      return { ...item, by: uuidBytes(change.by) };
    case 'conversation':
    case 'void':
      return item;
  }
}

export function changeOf(conversationId: string, item: Item): Change {
  return { conversationId, seq: seqOf(String(item['sk'])), ...StoredChange.parse(item) };
}

/** What one person reacted with to one message; the message itself only counts and lists the first of them. */
const StoredReaction = z.object({ target: z.number(), emojis: z.array(z.string()) });

export function reactionItem(key: Key, target: number, emojis: readonly string[]): Item {
  return { ...key, target, emojis };
}

function reactionOf(item: Item): z.infer<typeof StoredReaction> {
  return StoredReaction.parse(item);
}

export const absent = expression`attribute_not_exists(pk)`;

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

    async at(conversationId: string, seqs: readonly number[]): Promise<Change[]> {
      const items = await table.batchGet(
        [...new Set(seqs)].map((seq) => keys.change(conversationId, seq)),
        { consistent: true },
      );
      return items.map((item) => changeOf(conversationId, item));
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
      const change: Change = { type: 'void', conversationId, seq, n: await nAt(conversationId, seq) };
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
