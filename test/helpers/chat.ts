import { v7 as uuidv7 } from 'uuid';
import type { DynamoDb } from '#adapters/dynamo/client.ts';
import { createMedia } from '#adapters/dynamo/media/media.ts';
import { createBlocks } from '#adapters/dynamo/messages/blocks.ts';
import { createChanges } from '#adapters/dynamo/messages/changes.ts';
import { createContacts } from '#adapters/dynamo/messages/contacts.ts';
import { addedAtOnce, createConversations, foundersAtOnce } from '#adapters/dynamo/messages/conversations.ts';
import { createInvitations } from '#adapters/dynamo/messages/invitations.ts';
import { createPlans } from '#adapters/dynamo/messages/plans.ts';
import { createPointers } from '#adapters/dynamo/messages/pointers.ts';
import { createRevisions } from '#adapters/dynamo/messages/revisions.ts';
import { createSending } from '#adapters/dynamo/messages/sending.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { runtime } from '#adapters/runtime.ts';
import type { Change } from '#core/conversations/change.ts';
import { createCommands } from '#core/conversations/commands.ts';
import { accept } from '#core/conversations/inviting.ts';
import { readAll } from '#core/conversations/read.ts';
import { avatarUrls, isAvatarOf } from '#core/media/media.ts';
import type { Draft } from '#core/messages/draft.ts';
import { revise } from '#core/messages/revise.ts';
import { send } from '#core/messages/send.ts';
import type { Rate } from '#core/rate-limits/token-bucket.ts';
import { loadListed, type Own, overview } from '#core/sync/summary.ts';
import * as local from '#local/test/helpers/dynamodb.ts';
import { dynamoDbAt } from './dynamodb.ts';

/** The use cases of core on a local DynamoDB, whose calls can be intercepted. */
export type Chat = ReturnType<typeof chatOn>;

export const messagesTable = {
  TableName: 'Messages',
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
  ],
  BillingMode: 'PAY_PER_REQUEST',
};

export const mediaTable = { ...messagesTable, TableName: 'Media' };

export const connectionsTable = {
  TableName: 'Connections',
  KeySchema: [{ AttributeName: 'userId', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'userId', AttributeType: 'S' }],
  BillingMode: 'PAY_PER_REQUEST',
};

export async function startChatTables() {
  const server = await local.startDynamoDb();
  const sdkClient = local.dynamoDbClient(server.endpoint);
  for (const table of [messagesTable, connectionsTable, mediaTable]) await local.createTable(sdkClient, table);
  sdkClient.destroy();
  return { client: dynamoDbAt(server.endpoint), stop: server.stop };
}

interface Limits {
  readonly rate?: Rate;
  readonly clock?: () => number;
}

const unlimited: Rate = { perSecond: 1_000, burst: 1_000_000 };

/** The stores on a DynamoDB client, which may be one that fails on purpose. Every id counts as that of a user. */
export function chatOn(
  client: DynamoDb,
  newId: () => string = uuidv7,
  { rate = unlimited, clock = Date.now }: Limits = {},
) {
  const table = createTable(client, messagesTable.TableName);
  const time = { ...runtime, now: clock };
  const changes = createChanges(client, table, () => undefined);
  const conversations = createConversations(client, table);
  const blocks = createBlocks(client, table, conversations);
  const sending = { ...time, ...createSending(table, changes, conversations, rate) };
  const media = createMedia(client, createTable(client, mediaTable.TableName));
  const revisions = { ...time, ...conversations, ...changes, apply: createRevisions(client, table, media) };
  const store = {
    ...runtime,
    ...conversations,
    ...createContacts(table, conversations),
    ...createInvitations(table),
    // Properties add the same users again and again.
    takeFromStrangers: async (userIds: readonly string[]) => [...userIds],
    apply: createPlans(client, table, media),
    isAvatarOf: async (mediaId: string, userId: string) => isAvatarOf(await media.get(mediaId), userId),
    hasBlocked: blocks.hasBlocked,
    mayBegin: async () => ({ ok: undefined }),
    whoMayAdd: async (userIds: readonly string[]) => new Map(userIds.map((id) => [id, 'everyone' as const])),
    foundersAtOnce,
    addedAtOnce,
    newId,
  };
  const view = { ...time, ...conversations, ...changes, avatarUrl: avatarUrls('https://media.example'), epoch: '1' };
  return {
    table,
    media,
    store: view,
    blocks,
    pointers: { ...createPointers(table, changes.reached), isVisible: async () => true },
    commands: createCommands(store),
    join: (userId: string, conversationId: string) => accept(store, userId, conversationId),
    /** Missing messages are sealed without waiting, which is the hardest case for slow senders. */
    send: (draft: Draft) => send(sending, draft, { audienceOf: async () => ({ subscribed: true }), waits: [] }),
    revise: (by: string, request: Parameters<typeof revise>[2]) => revise(revisions, by, request),
    /** Takes a number without storing a message, as a sender does who crashes in between. */
    async accept(draft: Draft): Promise<{ accepted: number }> {
      const answer = await sending.accept(draft, clock());
      if (!('accepted' in answer)) throw new Error('refused');
      return { accepted: answer.accepted.seq };
    },
    /** Gives out a number that no message takes. */
    leaveNumber: ({ conversationId }: Draft) => sending.number(conversationId, clock()),
    /** The conversations of a user, by the latest activity. */
    async own(userId: string): Promise<Own[]> {
      const { conversations: listed } = await overview(view, userId);
      return loadListed(view, userId, listed);
    },
    async everything(conversationId: string): Promise<Change[]> {
      const conversation = await conversations.load(conversationId, []);
      return readAll({ ...time, ...changes }, conversationId, 1, conversation?.seq ?? 0, []);
    },
  };
}

/** The value of a result. Throws if it is a failure. */
export function ok<T>(result: { ok: T } | { error: unknown }): T {
  if ('error' in result) throw new Error(`Unexpected failure: ${JSON.stringify(result.error)}`);
  return result.ok;
}

export function draft(conversationId: string, senderId: string, more: Partial<Draft> = {}): Draft {
  return { conversationId, senderId, clientId: uuidv7(), text: 'hello', replyTo: null, after: undefined, ...more };
}

export class Crash extends Error {}

/** A client whose process crashes at its `at`-th call, before or after the database has carried it out. */
export function crashing(client: DynamoDb, at: number, when: 'before' | 'after'): DynamoDb {
  let calls = 0;
  return intercepted(client, async (call) => {
    const dies = ++calls === at;
    if (calls > at || (dies && when === 'before')) throw new Crash();
    const answer = await call();
    if (dies) throw new Crash();
    return answer;
  });
}

/** A client that calls `intercept` for each of its calls. */
export function intercepted(
  client: DynamoDb,
  intercept: <Answer>(call: () => Promise<Answer>) => Promise<Answer>,
): DynamoDb {
  return { call: (operation, input) => intercept(() => client.call(operation, input)) };
}
