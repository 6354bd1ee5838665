import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { type Conversation, type Mark, type Member, smallMembers } from '../../core/conversations/conversation.ts';
import type { Plan } from '../../core/conversations/plan.ts';
import { changeItem } from './changes.ts';
import { type Expression, expression, list, name } from './expression.ts';
import {
  conversationOf,
  formerMemberItem,
  headOf,
  markOfItem,
  memberItem,
  memberOfItem,
  storedMember,
} from './heads.ts';
import { keys, memberKey, memberPrefix } from './keys.ts';
import { queryAll, type Table, transact, type Write } from './table.ts';

/** A user's entry in the list of their conversations. */
const Membership = z.object({ sk: z.string(), muted: z.optional(z.boolean()) });

export interface Membership {
  readonly conversationId: string;
  readonly muted: boolean;
}

/** Members that fit into the transaction that creates a conversation: 100 writes, one of them the head. */
export const foundersAtOnce = 49;
/** Members that one transaction adds: three writes each, and up to eight that move out of the head. */
export const addedAtOnce = 30;

export function createConversations(client: DynamoDBClient, table: Table) {
  const membershipOf = (conversationId: string, { userId }: Member): Write => ({
    table: table.name,
    put: { ...keys.membership(userId, conversationId) },
  });

  async function membersOf(conversationId: string, userIds: readonly string[]) {
    const items = await table.batchGet(
      userIds.map((userId) => keys.member(conversationId, userId)),
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

  return {
    /** A conversation, consistently; of a large one with those of `userIds` who are members. */
    load,

    /** The marks of former members. */
    async formerMarks(conversationId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, Mark>> {
      return (await membersOf(conversationId, userIds)).marks;
    },

    /** Those conversations that exist, each with `userId`'s own entry. Consistent. */
    async loadAll(conversationIds: readonly string[], userId: string): Promise<Conversation[]> {
      const heads = await table.batchGet(conversationIds.map(keys.head), { consistent: true });
      const conversations = heads.map((head) => conversationOf(head));
      const large = conversations.filter((conversation) => conversation.large);
      const own = await table.batchGet(
        large.map(({ id }) => keys.member(id, userId)),
        { consistent: true },
      );
      const entries = new Map(own.map((item) => [String(item['pk']), memberOfItem(item)]));
      return conversations.map((conversation) => {
        const entry = entries.get(keys.conversation(conversation.id));
        return entry ? { ...conversation, members: new Map([[userId, entry]]) } : conversation;
      });
    },

    /** All conversations of a user, in no order of use. */
    async memberships(userId: string): Promise<Membership[]> {
      const items = await queryAll(table, { where: expression`pk = ${keys.memberships(userId)}`, consistent: true });
      return items.map((item) => {
        const { sk, muted } = Membership.parse(item);
        return { conversationId: sk.slice(keys.conversation('').length), muted: muted ?? false };
      });
    },

    async mute(userId: string, conversationId: string, muted: boolean): Promise<boolean> {
      const key = keys.membership(userId, conversationId);
      const written = await table.update(key, expression`SET muted = ${muted}`, {
        if: expression`attribute_exists(pk)`,
      });
      return written.done;
    },

    /** One page of a large conversation's members, by id. */
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

    /** All members of a large conversation. */
    async allMembers(conversationId: string): Promise<Member[]> {
      const items = await queryAll(table, {
        where: expression`pk = ${keys.conversation(conversationId)} AND begins_with(sk, ${memberPrefix})`,
        consistent: true,
      });
      return items.map(memberOfItem).filter((member) => member !== undefined);
    },

    /** Writes a new conversation; when its two already have one, answers with the id of that. */
    async create(conversation: Conversation): Promise<{ created: true } | { existing: string }> {
      const { id, members } = conversation;
      const writes: Write[] = [
        { table: table.name, put: headOf(conversation) },
        ...[...members.values()].map((member) => membershipOf(id, member)),
      ];
      if (conversation.large)
        for (const member of members.values()) writes.push({ table: table.name, put: memberItem(id, member) });
      if (conversation.type === 'direct') {
        const [a = '', b = ''] = members.keys();
        const item = { ...keys.direct(a, b), conversationId: id };
        writes.unshift({ table: table.name, put: item, if: expression`attribute_not_exists(pk)` });
      }
      const result = await transact(client, writes);
      if (result.done) return { created: true };
      return { existing: z.object({ conversationId: z.string() }).parse(result.refused[0]?.item).conversationId };
    },

    async directOf(a: string, b: string): Promise<string | undefined> {
      const item = await table.get(keys.direct(a, b), { consistent: true });
      return item && z.object({ conversationId: z.string() }).parse(item).conversationId;
    },

    /** Carries a plan out if the conversation is still as it was planned for; all of it or nothing. */
    async apply(conversation: Conversation, plan: Plan, now: number): Promise<boolean> {
      const { id } = conversation;
      const { added = [], removed = [], roles = new Map() } = plan;
      const memberCount = conversation.memberCount + added.length - removed.length;
      const grows = !conversation.large && memberCount > smallMembers;
      const staysSmall = !conversation.large && !grows;

      const set: Expression[] = [
        expression`seq = ${conversation.seq + plan.changes.length}`,
        expression`revision = ${conversation.revision + 1}`,
        expression`memberCount = ${memberCount}`,
        expression`lastActivityAt = ${now}`,
      ];
      if (plan.name !== undefined) set.push(expression`${name('name')} = ${plan.name}`);
      const remove: Expression[] = grows ? [expression`m`] : [];
      const writes: Write[] = plan.changes.map((change) => ({ table: table.name, put: changeItem(change) }));
      const roleOf = (member: Member): Member => ({ ...member, role: roles.get(member.userId) ?? member.role });

      for (const member of added) {
        writes.push(membershipOf(id, member));
        if (staysSmall) set.push(expression`m.${name(memberKey(member.userId))} = ${storedMember(member)}`);
        else writes.push({ table: table.name, put: memberItem(id, member) });
      }
      for (const member of removed) {
        writes.push({ table: table.name, delete: keys.membership(member.userId, id) });
        if (conversation.large)
          // The mark stays: an id from before must not be stored again if they come back.
          writes.push({
            table: table.name,
            key: keys.member(id, member.userId),
            update: expression`REMOVE o, t, j, q, r, d`,
          });
        else {
          remove.push(expression`m.${name(memberKey(member.userId))}`);
          writes.push({ table: table.name, put: formerMemberItem(id, member) });
        }
      }
      if (grows)
        for (const member of conversation.members.values())
          writes.push({ table: table.name, put: memberItem(id, roleOf(member)) });
      else
        for (const [userId, role] of roles) {
          if (staysSmall) set.push(expression`m.${name(memberKey(userId))}.o = ${role}`);
          else
            writes.push({
              table: table.name,
              key: keys.member(id, userId),
              update: expression`SET o = ${role}`,
              if: expression`attribute_exists(o)`,
            });
        }

      const removes = remove.length > 0 ? expression` REMOVE ${list(remove)}` : expression``;
      // Pointers move without seq; a head that gives its members up must not lose one.
      const sameMembers = grows ? expression` AND m = ${headOf(conversation)['m']}` : expression``;
      const result = await transact(client, [
        {
          table: table.name,
          key: keys.head(id),
          update: expression`SET ${list(set)}${removes}`,
          if: expression`seq = ${conversation.seq} AND revision = ${conversation.revision}${sameMembers}`,
        },
        ...writes,
      ]);
      return result.done;
    },

    /**
     * Moves a member's read pointer up to a change; never back. 1 write unit. Also what counts as delivered,
     * when `delivered` says so.
     */
    async movePointer(
      conversation: Pick<Conversation, 'id' | 'large'>,
      userId: string,
      { seq, n }: { seq: number; n: number },
    ): Promise<boolean> {
      const { key, path } = place(conversation, userId);
      const written = await table.update(key, expression`SET ${path}q = ${seq}, ${path}r = ${n}`, {
        if: expression`attribute_exists(${path}o) AND ${path}q < ${seq}`,
      });
      return written.done;
    },

    /** Moves what counts as delivered to a member up to a change; never back. 1 write unit. */
    async moveDelivered(
      conversation: Pick<Conversation, 'id' | 'large'>,
      userId: string,
      seq: number,
    ): Promise<boolean> {
      const { key, path } = place(conversation, userId);
      const written = await table.update(key, expression`SET ${path}d = ${seq}`, {
        if: expression`attribute_exists(${path}o) AND (attribute_not_exists(${path}d) OR ${path}d < ${seq})`,
      });
      return written.done;
    },
  };

  /** Where a member's attributes are. */
  function place({ id, large }: Pick<Conversation, 'id' | 'large'>, userId: string) {
    return large
      ? { key: keys.member(id, userId), path: expression`` }
      : { key: keys.head(id), path: expression`m.${name(memberKey(userId))}.` };
  }
}

export type Conversations = ReturnType<typeof createConversations>;
