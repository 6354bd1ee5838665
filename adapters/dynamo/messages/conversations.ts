import * as z from 'zod/mini';
import { oneOf } from '#adapters/dynamo/attributes.ts';
import type { DynamoDb } from '#adapters/dynamo/client.ts';
import { expression } from '#adapters/dynamo/expression.ts';
import { type Item, queryAll, type Table, transact, type Write } from '#adapters/dynamo/table.ts';
import type { Stay } from '#core/conversations/admission.ts';
import type { Conversation, Mark, Member } from '#core/conversations/conversation.ts';
import type { Membership } from '#core/sync/conversation-view.ts';
import { conversationOf, headOf, markOfItem, memberItem, memberOfItem } from './heads.ts';
import { keys, memberPrefix, membershipPrefix } from './keys.ts';
import { createOpening } from './openings.ts';
import { createSummaries, StoredSummary, summaryOf } from './summaries.ts';

/** A user's entry in the list of their conversations. */
const StoredMembership = z.object({
  pk: z.string(),
  sk: z.string(),
  /** A value that only a newer version knows says that they muted it somehow: decision 0071. */
  muted: z.optional(oneOf([true, false], true)),
  former: z.optional(z.literal(true)),
  /** When a former member left or was removed, in ms since 1970, and whether somebody else removed them. */
  until: z.optional(z.number()),
  removed: z.optional(z.literal(true)),
  /** The user didn't know the one who added them, or who began a direct conversation with them. */
  unasked: z.optional(z.literal(true)),
  ...StoredSummary,
});

/** The membership in an item, unless it is a former one. */
function present({ sk, former, muted, unasked, ...summary }: z.infer<typeof StoredMembership>): Membership[] {
  if (former) return [];
  return [
    {
      conversationId: sk.slice(membershipPrefix.length),
      muted: muted ?? false,
      ...(unasked && { unasked }),
      summary: summaryOf(summary),
    },
  ];
}

/** The item that lists a conversation for one of its members. */
export function membershipItem(userId: string, conversationId: string, unasked: boolean): Item {
  return { ...keys.membership(userId, conversationId), ...(unasked && { unasked }) };
}

/** How many members a conversation can be created with. A transaction has 100 writes: the head, and two a member. */
export const foundersAtOnce = 49;
/** How many members one transaction can add. Each takes three of the 100 writes. Up to eight others move out of the head. */
export const addedAtOnce = 30;

const isAbsent = expression`attribute_not_exists(pk)`;

/** Conversations with their members, and users' lists of them. */
export function createConversations(client: DynamoDb, table: Table) {
  const { open } = createOpening(table);

  async function membersOf(conversationId: string, userIds: readonly string[]) {
    const items = await table.batchGet(
      [...new Set(userIds)].map((userId) => keys.member(conversationId, userId)),
      { consistent: true },
    );
    const members = new Map<string, Member>();
    const marks = new Map<string, Mark>();
    for (const item of items) {
      const member = memberOfItem(item);
      const mark = markOfItem(item);
      if (member) members.set(member.userId, member);
      else if (mark) marks.set(String(item['sk']).slice(memberPrefix.length), mark);
    }
    return { members, marks };
  }

  async function load(conversationId: string, userIds: readonly string[]): Promise<Conversation | undefined> {
    const item = await table.get(keys.head(conversationId), { consistent: true });
    if (!item) return undefined;
    const conversation = conversationOf(item);
    return conversation.large ? conversationOf(item, (await membersOf(conversationId, userIds)).members) : conversation;
  }

  /** Loads conversations, each with the entry of one user if it is large. The map has the user's id by the conversation's. */
  async function loadEach(
    userIds: ReadonlyMap<string, string>,
    options = { consistent: true },
  ): Promise<Conversation[]> {
    const heads = await table.batchGet([...userIds.keys()].map(keys.head), options);
    const conversations = heads.map((head) => conversationOf(head));
    const large = conversations.filter((conversation) => conversation.large);
    const own = await table.batchGet(
      large.map(({ id }) => keys.member(id, userIds.get(id) ?? '')),
      options,
    );
    const entries = new Map(own.map((item) => [String(item['pk']), memberOfItem(item)]));
    return conversations.map((conversation) => {
      const entry = entries.get(keys.conversation(conversation.id));
      return entry ? { ...conversation, members: new Map([[entry.userId, entry]]) } : conversation;
    });
  }

  async function membershipsOf(userId: string): Promise<z.infer<typeof StoredMembership>[]> {
    const where = expression`pk = ${keys.user(userId)} AND begins_with(sk, ${membershipPrefix})`;
    const items = await queryAll(table, { where, consistent: true });
    return items.map((item) => StoredMembership.parse(item));
  }

  return {
    /**
     * Loads a conversation consistently, or returns undefined if it doesn't exist. `members` has all members of a small
     * conversation, but of a large one only those of `userIds` who are members.
     */
    load,

    /** The marks of those users who are former members of a conversation, by user id. */
    async formerMarks(conversationId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, Mark>> {
      return (await membersOf(conversationId, userIds)).marks;
    },

    ...createSummaries(table),

    /**
     * Loads those conversations that exist, consistently unless told otherwise. `members` of a large one has only the user's own
     * entry.
     */
    loadAll: (
      conversationIds: readonly string[],
      userId: string,
      options?: { readonly consistent: boolean },
    ): Promise<Conversation[]> => loadEach(new Map(conversationIds.map((id) => [id, userId])), options),

    loadEach,

    /** The present and former memberships among some pairs, read consistently. */
    async staysOf(pairs: readonly { userId: string; conversationId: string }[]): Promise<Stay[]> {
      const items = await table.batchGet(
        pairs.map(({ userId, conversationId }) => keys.membership(userId, conversationId)),
        { consistent: true },
      );
      return items
        .map((item) => StoredMembership.parse(item))
        .map(({ pk, sk, former, until = 0, removed }) => ({
          userId: pk.slice(keys.user('').length),
          conversationId: sk.slice(membershipPrefix.length),
          until: former && until,
          left: former === true && !removed,
        }));
    },

    /** All conversations of which a user is a member, ordered by id. */
    async memberships(userId: string): Promise<Membership[]> {
      return (await membershipsOf(userId)).flatMap(present);
    },

    /** The same for some conversations, in no particular order and eventually consistent. */
    async membershipsIn(userId: string, conversationIds: readonly string[]): Promise<Membership[]> {
      const items = await table.batchGet(conversationIds.map((id) => keys.membership(userId, id)));
      return items.flatMap((item) => present(StoredMembership.parse(item)));
    },

    /** The ids of the conversations of which a user is or was a member, in ascending order. */
    async everJoined(userId: string): Promise<string[]> {
      return (await membershipsOf(userId)).map(({ sk }) => sk.slice(membershipPrefix.length));
    },

    /** Whether a user has muted a conversation, read consistently. */
    async isMuted(userId: string, conversationId: string): Promise<boolean> {
      const item = await table.get(keys.membership(userId, conversationId), { consistent: true });
      return item !== undefined && (StoredMembership.parse(item).muted ?? false);
    },

    /** Sets whether a user has muted a conversation. Returns false if they aren't a member of it. */
    async mute(userId: string, conversationId: string, muted: boolean): Promise<boolean> {
      const key = keys.membership(userId, conversationId);
      const written = await table.update(key, expression`SET muted = ${muted}`, {
        if: expression`attribute_exists(pk) AND attribute_not_exists(former)`,
      });
      // The badge counts by the openings, so the conversation has to be looked at again.
      if (written.done) await open(conversationId, [userId]);
      return written.done;
    },

    /** One page of a large conversation's members, ordered by id. `next` is the user id to go on `after`, if there are more. */
    async members(
      conversationId: string,
      page: { limit: number; after?: string | undefined },
    ): Promise<{ members: Member[]; next: string | undefined }> {
      const { items, next } = await table.query({
        where: expression`pk = ${keys.conversation(conversationId)} AND begins_with(sk, ${memberPrefix})`,
        limit: page.limit,
        startAfter: page.after === undefined ? undefined : keys.member(conversationId, page.after),
        consistent: true,
      });
      return {
        members: items.map(memberOfItem).filter((member) => member !== undefined),
        next: next?.['sk']?.slice(memberPrefix.length),
      };
    },

    /** All members of a large conversation, ordered by id. */
    async allMembers(conversationId: string): Promise<Member[]> {
      const items = await queryAll(table, {
        where: expression`pk = ${keys.conversation(conversationId)} AND begins_with(sk, ${memberPrefix})`,
        consistent: true,
      });
      return items.map(memberOfItem).filter((member) => member !== undefined);
    },

    /**
     * Stores a new conversation in one transaction. If it is a direct one and the two users have one already, nothing is written
     * and `existing` is its id. It is `outdated` if a block between the two users was set or removed since the conversation was
     * planned. `unasked` are the members who didn't ask for it.
     */
    async create(
      conversation: Conversation,
      unasked: ReadonlySet<string>,
    ): Promise<{ created: true } | { existing: string } | 'outdated'> {
      const { id, members } = conversation;
      await open(id, [...members.keys()]);
      const writes: Write[] = [
        { table: table.name, put: headOf(conversation) },
        ...[...members.keys()].map((userId) => ({
          table: table.name,
          put: membershipItem(userId, id, unasked.has(userId)),
        })),
      ];
      if (conversation.large)
        for (const member of members.values()) writes.push({ table: table.name, put: memberItem(id, member) });
      if (conversation.type === 'direct') {
        const [a = '', b = ''] = members.keys();
        const item = { ...keys.direct(a, b), conversationId: id };
        writes.unshift({ table: table.name, put: item, if: isAbsent });
        for (const [by, userId] of [[a, b] as const, [b, a] as const]) {
          const expected = members.get(userId)?.blocked ? expression`attribute_exists(pk)` : isAbsent;
          writes.push({ table: table.name, check: keys.block(by, userId), if: expected });
        }
      }
      const result = await transact(client, writes);
      if (result.done) return { created: true };
      const [existing] = result.refused;
      if (!existing) return 'outdated';
      return { existing: z.object({ conversationId: z.string() }).parse(existing.item).conversationId };
    },

    /** The id of the direct conversation of two users, or undefined. */
    async directOf(a: string, b: string): Promise<string | undefined> {
      const item = await table.get(keys.direct(a, b), { consistent: true });
      return item && z.object({ conversationId: z.string() }).parse(item).conversationId;
    },
  };
}

export type Conversations = ReturnType<typeof createConversations>;
