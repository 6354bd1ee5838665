import { v7 as uuidv7 } from 'uuid';
import type { DynamoDb } from '#adapters/dynamo/client.ts';
import { expression } from '#adapters/dynamo/expression.ts';
import { membershipItem } from '#adapters/dynamo/messages/conversations.ts';
import { headOf, memberItem } from '#adapters/dynamo/messages/heads.ts';
import { keys } from '#adapters/dynamo/messages/keys.ts';
import { changeItem } from '#adapters/dynamo/messages/stored-change.ts';
import { createTable, type Item } from '#adapters/dynamo/table.ts';
import { chunk } from '#core/chunk.ts';
import type { Conversation, Member } from '#core/conversations/conversation.ts';
import { newConversation } from '#core/conversations/plan.ts';

/** The items of one BatchWriteItem, and how many calls run at the same time. */
const batchSize = 25;
const batchesAtOnce = 8;

/** Stores messages after the newest change of a conversation, without sending each. Nobody else may write to it. */
export async function fillWithMessages(
  client: DynamoDb,
  tableName: string,
  at: { conversationId: string; senderId: string; seq: number; n: number },
  texts: readonly string[],
  clock: () => number,
): Promise<void> {
  const { conversationId, senderId } = at;
  const items = texts.map((text, i) =>
    changeItem({
      type: 'message',
      conversationId,
      seq: at.seq + i + 1,
      n: at.n + i + 1,
      senderId,
      clientId: uuidv7(),
      text,
      replyTo: null,
      sentAt: clock(),
    }),
  );
  await writeAll(client, tableName, items);
  const seq = at.seq + texts.length;
  await createTable(client, tableName).update(
    keys.head(conversationId),
    expression`SET seq = ${seq}, n = ${at.n + texts.length}, lastMessageSeq = ${seq}, lastActivityAt = ${clock()}`,
  );
}

/**
 * Adds members to a large conversation without changes. Nobody else may change it. The users' own lists don't have the
 * conversation, so they are only members in what starts from the conversation.
 */
export async function fillWithMembers(
  client: DynamoDb,
  tableName: string,
  { id, seq, n, revision, memberCount }: Conversation,
  userIds: readonly string[],
  clock: () => number,
): Promise<void> {
  const member = {
    role: 'member',
    joinedAt: clock(),
    joinedSeq: seq,
    readSeq: seq,
    readN: n,
    deliveredSeq: seq,
  } as const;
  const members: Member[] = userIds.map((userId) => ({ ...member, userId, mark: undefined }));
  await writeAll(
    client,
    tableName,
    members.map((each) => memberItem(id, each)),
  );
  await createTable(client, tableName).update(
    keys.head(id),
    expression`SET revision = ${revision + 1}, memberCount = ${memberCount + userIds.length}`,
  );
}

/** Stores any number of items, with several batches at the same time. */
export async function writeAll(client: DynamoDb, tableName: string, items: readonly Item[]): Promise<void> {
  const batches = chunk(items, batchSize);
  const write = async () => {
    for (let batch = batches.pop(); batch; batch = batches.pop()) {
      await createTable(client, tableName).batchWrite({ put: batch });
    }
  };
  await Promise.all(Array.from({ length: batchesAtOnce }, write));
}

/** A conversation of a user with one other, as it is stored. */
export interface Filled {
  readonly id: string;
  readonly otherId: string;
  /** When it was active last, in ms since 1970. */
  readonly at: number;
  readonly texts: readonly string[];
  readonly unread: number;
}

/**
 * Stores direct conversations of a user with messages of the others. Those `unopened` are as they were before there were openings,
 * and then nothing is summarized for a day. The others' own lists don't have them.
 */
export async function fillWithConversations(
  client: DynamoDb,
  tableName: string,
  userId: string,
  conversations: readonly Filled[],
  { unopened = false, epoch = '1' } = {},
): Promise<void> {
  const items = conversations.flatMap(({ id, otherId, at, texts, unread }): Item[] => {
    const founders = [userId, otherId].map((member) => ({ userId: member, role: 'member' as const }));
    const made = newConversation({ id, type: 'direct', name: null, begunBy: otherId }, founders, at);
    const n = texts.length;
    const read = n - unread;
    const members = [...made.members.values()].map((member): [string, Member] => [
      member.userId,
      member.userId === userId ? { ...member, readSeq: read, readN: read } : { ...member, readSeq: n, readN: n },
    ]);
    const messages = texts.map((text, i) =>
      changeItem({
        type: 'message',
        conversationId: id,
        seq: i + 1,
        n: i + 1,
        senderId: otherId,
        clientId: uuidv7(),
        text,
        replyTo: null,
        sentAt: at,
      }),
    );
    return [
      headOf({ ...made, seq: n, n, lastMessageSeq: n, members: new Map(members) }),
      membershipItem(userId, id, false),
      ...(unopened ? [] : [{ ...keys.opening(userId, id), version: n }]),
      ...messages,
    ];
  });
  if (!unopened) items.push({ ...keys.allOpened(userId), since: 0, epoch });
  await writeAll(client, tableName, items);
}
