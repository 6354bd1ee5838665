import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Expression, expression, list, name } from '#adapters/dynamo/expression.ts';
import type { MediaTable } from '#adapters/dynamo/media/media.ts';
import { type Table, transact, type Write } from '#adapters/dynamo/table.ts';
import { type Conversation, smallMembers } from '#core/conversations/conversation.ts';
import type { Plan } from '#core/conversations/plan.ts';
import { formerMemberItem, headOf, memberItem, receiptMark, storedMember, storedRole } from './heads.ts';
import { keys, memberKey, uuidBytes } from './keys.ts';
import { changeItem } from './stored-change.ts';

/** What a plan does to the head and to the items beside it. */
interface Effects {
  readonly set: Expression[];
  readonly remove: Expression[];
  readonly writes: Write[];
}

/** Carries plans out on a conversation, if it is still as it was planned for; all of a plan or nothing. */
export function createPlans(client: DynamoDBClient, table: Table, media: MediaTable) {
  return async (conversation: Conversation, plan: Plan, now: number): Promise<boolean> => {
    const { added = [], removed = [] } = plan;
    const memberCount = conversation.memberCount + added.length - removed.length;
    const grows = !conversation.large && memberCount > smallMembers;
    const effects: Effects = {
      set: [
        expression`seq = ${conversation.seq + plan.changes.length}`,
        expression`revision = ${conversation.revision + 1}`,
        expression`memberCount = ${memberCount}`,
        expression`lastActivityAt = ${now}`,
      ],
      remove: [expression`${receiptMark}`],
      writes: plan.changes.map((change) => ({ table: table.name, put: changeItem(change) })),
    };
    if (plan.name !== undefined) effects.set.push(expression`${name('name')} = ${plan.name}`);
    // Not stored unless it differs: a head has little room.
    if (plan.history === 'joined') effects.remove.push(expression`history`);
    else if (plan.history) effects.set.push(expression`history = ${plan.history}`);
    if (plan.avatarMediaId !== undefined) {
      const [use, before] = [{ conversationId: conversation.id }, conversation.avatarMediaId];
      effects.set.push(expression`avatar = ${uuidBytes(plan.avatarMediaId)}`);
      effects.writes.push(...media.keeping(plan.avatarMediaId, use));
      effects.writes.push(...(await media.letGo(before === undefined ? [] : [before], use)));
    }
    for (const member of added)
      effects.writes.push({ table: table.name, put: keys.membership(member.userId, conversation.id) });
    // It stays, marked, so that what a former member wrote is found when they are erased.
    for (const { userId } of removed.filter((member) => member.userId !== plan.erased))
      effects.writes.push({ table: table.name, put: { ...keys.membership(userId, conversation.id), former: true } });
    if (plan.erased) effects.writes.push({ table: table.name, delete: keys.membership(plan.erased, conversation.id) });
    if (conversation.large) inMemberItems(table.name, conversation, plan, effects);
    else if (grows) outOfHead(table.name, conversation, plan, effects);
    else inHead(table.name, conversation, plan, effects);

    const { set, remove, writes } = effects;
    // Read pointers move without seq; a head that gives its members up must not lose one.
    const sameMembers = grows ? expression` AND m = ${headOf(conversation)['m']}` : expression``;
    const result = await transact(client, [
      {
        table: table.name,
        key: keys.head(conversation.id),
        update: expression`SET ${list(set)} REMOVE ${list(remove)}`,
        if: expression`seq = ${conversation.seq} AND revision = ${conversation.revision}${sameMembers}`,
      },
      ...writes,
    ]);
    return result.done;
  };
}

/** A small conversation that stays small: its members are in the head. */
function inHead(table: string, { id }: Conversation, plan: Plan, { set, remove, writes }: Effects): void {
  for (const member of plan.added ?? [])
    set.push(expression`m.${name(memberKey(member.userId))} = ${storedMember(member)}`);
  for (const member of plan.removed ?? []) {
    remove.push(expression`m.${name(memberKey(member.userId))}`);
    // The mark stays: an id from before must not be stored again if they come back.
    writes.push({ table, put: formerMemberItem(id, member) });
  }
  for (const [userId, role] of plan.roles ?? [])
    set.push(expression`m.${name(memberKey(userId))}.o = ${storedRole(role)}`);
}

/** A small conversation that gets large: all members move to items of their own. Only adding makes one grow. */
function outOfHead(table: string, conversation: Conversation, plan: Plan, { remove, writes }: Effects): void {
  remove.push(expression`m`);
  for (const member of [...conversation.members.values(), ...(plan.added ?? [])])
    writes.push({ table, put: memberItem(conversation.id, member) });
}

/** A large conversation: every member has an item. */
function inMemberItems(table: string, { id }: Conversation, plan: Plan, { writes }: Effects): void {
  for (const member of plan.added ?? []) writes.push({ table, put: memberItem(id, member) });
  for (const { userId } of plan.removed ?? []) {
    // All but the mark, which may be newer than what we loaded.
    writes.push({
      table,
      key: keys.member(id, userId),
      update: expression`REMOVE o, t, j, q, r, d, b, ${receiptMark}`,
    });
  }
  for (const [userId, role] of plan.roles ?? []) {
    const key = keys.member(id, userId);
    const update = expression`SET o = ${storedRole(role)} REMOVE ${receiptMark}`;
    writes.push({ table, key, update, if: expression`attribute_exists(o)` });
  }
}
