import type { DynamoDb } from '#adapters/dynamo/client.ts';
import { type Expression, expression, list, name } from '#adapters/dynamo/expression.ts';
import type { MediaTable } from '#adapters/dynamo/media/media.ts';
import { type Table, transact, type Write } from '#adapters/dynamo/table.ts';
import { type Conversation, smallMembers } from '#core/conversations/conversation.ts';
import type { Plan } from '#core/conversations/plan.ts';
import { membershipItem } from './conversations.ts';
import {
  formerMemberItem,
  headOf,
  lastMessageMark,
  memberItem,
  receiptMark,
  storedMember,
  storedRole,
  summariesMark,
} from './heads.ts';
import { answering } from './invitations.ts';
import { keys, memberKey, uuidBytes } from './keys.ts';
import { createOpening, hasSummaries } from './openings.ts';
import { changeItem } from './stored-change.ts';

/** What a plan changes: attributes to set or remove in the head, and writes of other items. */
interface Effects {
  readonly set: Expression[];
  readonly remove: Expression[];
  readonly writes: Write[];
}

/**
 * Carries out plans. A plan is one transaction, on the condition that nothing has changed the conversation's `seq` or `revision`
 * since it was loaded. Returns false, with nothing written, if that or another condition fails. `now` is in ms since 1970.
 */
export function createPlans(client: DynamoDb, table: Table, media: MediaTable) {
  const { open, openAll } = createOpening(table);
  return async (conversation: Conversation, plan: Plan, now: number): Promise<boolean> => {
    const { added = [], removed = [] } = plan;
    await Promise.all([
      openAll(conversation),
      open(
        conversation.id,
        added.map(({ userId }) => userId),
      ),
    ]);
    const memberCount = conversation.memberCount + added.length - removed.length;
    const grows = !conversation.large && memberCount > smallMembers;
    const effects: Effects = {
      set: [
        expression`seq = ${conversation.seq + plan.changes.length}`,
        expression`revision = ${conversation.revision + 1}`,
        expression`memberCount = ${memberCount}`,
        expression`lastActivityAt = ${now}`,
      ],
      remove: [expression`${receiptMark}`, expression`${summariesMark}`],
      writes: plan.changes.map((change) => ({ table: table.name, put: changeItem(change) })),
    };
    if (plan.name !== undefined) effects.set.push(expression`${name('name')} = ${plan.name}`);
    // `joined` is the default. It isn't stored, because the head should stay small.
    if (plan.history === 'joined') effects.remove.push(expression`history`);
    else if (plan.history) effects.set.push(expression`history = ${plan.history}`);
    if (plan.avatarMediaId !== undefined) {
      const [use, before] = [{ conversationId: conversation.id }, conversation.avatarMediaId];
      effects.set.push(expression`avatar = ${uuidBytes(plan.avatarMediaId)}`);
      effects.writes.push(...media.keeping(plan.avatarMediaId, use));
      effects.writes.push(...(await media.letGo(before === undefined ? [] : [before], use)));
    }
    for (const member of added)
      effects.writes.push({
        table: table.name,
        put: membershipItem(member.userId, conversation.id, plan.unasked?.has(member.userId) ?? false),
      });
    // The membership of a former member is kept and marked. The erasure of their account finds the conversation by it, and it says
    // whether they may be added again, or only be invited.
    for (const { userId } of removed.filter((member) => member.userId !== plan.erased)) {
      const isRemoved = plan.changes.some(
        (one) => one.type === 'member' && one.change === 'removed' && one.userId === userId,
      );
      const former = { former: true, until: now, ...(isRemoved && { removed: true }) };
      effects.writes.push({ table: table.name, put: { ...keys.membership(userId, conversation.id), ...former } });
    }
    for (const { userId } of removed)
      effects.writes.push({ table: table.name, delete: keys.opening(userId, conversation.id) });
    if (plan.answers) {
      const { userId, before, after } = plan.answers;
      effects.writes.push(answering(table, userId, before, after));
    }
    if (plan.erased) {
      effects.writes.push({ table: table.name, delete: keys.membership(plan.erased, conversation.id) });
      // The last message may be theirs, and was emptied without a change.
      effects.set.push(expression`${lastMessageMark} = ${conversation.seq + plan.changes.length}`);
    }
    if (conversation.large) inMemberItems(table.name, conversation, plan, effects);
    else if (grows) outOfHead(table.name, conversation, plan, effects);
    else inHead(table.name, conversation, plan, effects);

    const { set, remove, writes } = effects;
    // A receipt moves a read pointer in `m` without changing `seq`. When the members move out of the head, `m` itself must be
    // unchanged, or that receipt would be lost.
    const sameMembers = grows ? expression` AND m = ${headOf(conversation)['m']}` : expression``;
    const result = await transact(client, [
      {
        table: table.name,
        key: keys.head(conversation.id),
        update: expression`SET ${list(set)} REMOVE ${list(remove)}`,
        if: expression`seq = ${conversation.seq} AND revision = ${conversation.revision} AND ${hasSummaries(conversation.summaries)}${sameMembers}`,
      },
      ...writes,
    ]);
    return result.done;
  };
}

/** For a conversation that is small and stays small. Its members are in the head. */
function inHead(table: string, { id }: Conversation, plan: Plan, { set, remove, writes }: Effects): void {
  for (const member of plan.added ?? [])
    set.push(expression`m.${name(memberKey(member.userId))} = ${storedMember(member)}`);
  for (const member of plan.removed ?? []) {
    remove.push(expression`m.${name(memberKey(member.userId))}`);
    // The mark is kept, so that a message id from before can't be stored a second time if the member comes back.
    writes.push({ table, put: formerMemberItem(id, member) });
  }
  for (const [userId, role] of plan.roles ?? [])
    set.push(expression`m.${name(memberKey(userId))}.o = ${storedRole(role)}`);
}

/**
 * For a small conversation that becomes large. All members move to their own items. Only plans that add members do this, so there
 * are no removals or roles to handle.
 */
function outOfHead(table: string, conversation: Conversation, plan: Plan, { remove, writes }: Effects): void {
  remove.push(expression`m`);
  for (const member of [...conversation.members.values(), ...(plan.added ?? [])])
    writes.push({ table, put: memberItem(conversation.id, member) });
}

/** For a large conversation. Each member has their own item. */
function inMemberItems(table: string, { id }: Conversation, plan: Plan, { writes }: Effects): void {
  for (const member of plan.added ?? []) writes.push({ table, put: memberItem(id, member) });
  for (const { userId } of plan.removed ?? []) {
    // All attributes but the mark are removed. The mark stays as it is stored, since it may be newer than the loaded one.
    writes.push({
      table,
      key: keys.member(id, userId),
      update: expression`REMOVE o, t, j, q, r, d, b, ${receiptMark}, ${summariesMark}`,
    });
  }
  for (const [userId, role] of plan.roles ?? []) {
    const key = keys.member(id, userId);
    const update = expression`SET o = ${storedRole(role)} REMOVE ${receiptMark}`;
    writes.push({ table, key, update, if: expression`attribute_exists(o)` });
  }
}
