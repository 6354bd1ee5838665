import { type ConversationLoader, refusedByBlock } from '#core/access.ts';
import { chunk } from '#core/chunk.ts';
import { untilApplied } from '#core/retry.ts';
import type { Runtime } from '#core/runtime.ts';
import type { CreateConversation, Role, UpdateConversation } from '#protocol/conversations.ts';
import { fail, type Result } from '#protocol/failures.ts';
import type { Conversation, Mark, Member } from './conversation.ts';
import { heirOf, newConversation, type Plan, planAdding, planRemoving, planRole, planUpdate } from './plan.ts';

export interface ConversationStore extends ConversationLoader, Runtime {
  formerMarks(conversationId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, Mark>>;
  allMembers(conversationId: string): Promise<Member[]>;
  create(conversation: Conversation): Promise<{ created: true } | { existing: string } | 'outdated'>;
  hasBlocked(by: string, userId: string): Promise<boolean>;
  directOf(a: string, b: string): Promise<string | undefined>;
  /** Carries out a plan. Returns false, with nothing written, if the conversation has changed since it was loaded. */
  apply(conversation: Conversation, plan: Plan, now: number): Promise<boolean>;
  /** Whether `userId` may use an uploaded file as an avatar. */
  isAvatarOf(mediaId: string, userId: string): Promise<boolean>;
  /** The ids among `userIds` that belong to users. */
  usersAmong(userIds: readonly string[]): Promise<string[]>;
  /** How many members one transaction can write, for a new group and when members are added. */
  readonly foundersAtOnce: number;
  readonly addedAtOnce: number;
  newId(): string;
}

/** The changes that a command has written. */
export interface Changed {
  readonly changes: Plan['changes'];
}

export interface Created {
  readonly conversationId: string;
  readonly isNew: boolean;
}

/** The commands on conversations, for the user `by`. Errors: `bad_request`, `not_found`, `forbidden`, `conflict`, `unavailable`. */
export function createCommands(store: ConversationStore) {
  const { now, newId } = store;

  function change(
    conversationId: string,
    userIds: readonly string[],
    planFor: (conversation: Conversation) => Promise<Result<Plan>> | Result<Plan>,
  ): Promise<Result<Changed>> {
    return untilApplied(store, async () => {
      const conversation = await store.load(conversationId, userIds);
      if (!conversation) return fail('not_found');
      const plan = await planFor(conversation);
      if ('error' in plan) return plan;
      const { changes } = plan.ok;
      if (changes.length > 0 && !(await store.apply(conversation, plan.ok, now()))) return undefined;
      return { ok: { changes } };
    });
  }

  async function allAreUsers(userIds: readonly string[]): Promise<boolean> {
    return (await store.usersAmong(userIds)).length === userIds.length;
  }

  async function direct(by: string, other: string): Promise<Result<Created>> {
    if (other === by) return fail('bad_request', 'A direct conversation is with someone else.');
    const existing = await store.directOf(by, other);
    if (existing) return { ok: { conversationId: existing, isNew: false } };
    if (!(await allAreUsers([other]))) return fail('not_found', 'There is no such user.');
    return untilApplied<Created>(store, async () => {
      const [refused, blocked] = await Promise.all([store.hasBlocked(other, by), store.hasBlocked(by, other)]);
      if (refused) return refusedByBlock();
      const founders = [
        { userId: by, role: 'member' as const },
        { userId: other, role: 'member' as const, ...(blocked && { blocked }) },
      ];
      const conversation = newConversation({ id: newId(), type: 'direct', name: null }, founders, now());
      const created = await store.create(conversation);
      if (created === 'outdated') return undefined;
      return 'created' in created
        ? { ok: { conversationId: conversation.id, isNew: true } }
        : { ok: { conversationId: created.existing, isNew: false } };
    });
  }

  async function group(by: string, name: string, memberIds: readonly string[]): Promise<Result<Created>> {
    const others = [...new Set(memberIds)].filter((userId) => userId !== by);
    if (!(await allAreUsers(others))) return fail('not_found', 'There is no such user.');
    const founders = [
      { userId: by, role: 'owner' as const },
      ...others.slice(0, store.foundersAtOnce - 1).map((userId) => ({ userId, role: 'member' as const })),
    ];
    const conversation = newConversation({ id: newId(), type: 'group', name }, founders, now());
    await store.create(conversation);
    const added = await addAll(conversation.id, by, others.slice(store.foundersAtOnce - 1));
    return 'error' in added ? added : { ok: { conversationId: conversation.id, isNew: true } };
  }

  async function addAll(conversationId: string, by: string, userIds: readonly string[]): Promise<Result<Changed>> {
    const changes: Plan['changes'][number][] = [];
    for (const ids of chunk(userIds, store.addedAtOnce)) {
      const added = await change(conversationId, [by, ...ids], async (conversation) =>
        planAdding(conversation, by, ids, await store.formerMarks(conversationId, ids), now()),
      );
      if ('error' in added) return added;
      changes.push(...added.ok.changes);
    }
    return { ok: { changes } };
  }

  return {
    /** Creates a conversation, or finds the direct conversation that the two users already have. */
    create: (by: string, request: CreateConversation): Promise<Result<Created>> =>
      request.type === 'direct' ? direct(by, request.memberIds[0] ?? by) : group(by, request.name, request.memberIds),

    async add(conversationId: string, by: string, userIds: readonly string[]): Promise<Result<Changed>> {
      const ids = [...new Set(userIds)];
      if (!(await allAreUsers(ids))) return fail('not_found', 'There is no such user.');
      return addAll(conversationId, by, ids);
    },

    /** Removes a member. If `userId` is `by`, they leave. */
    remove: (conversationId: string, by: string, userId: string): Promise<Result<Changed>> =>
      change(conversationId, [by, userId], async (conversation) => {
        const ownerGoes = conversation.members.get(userId)?.role === 'owner';
        const members = ownerGoes && conversation.large ? await store.allMembers(conversationId) : [];
        const heir = ownerGoes ? heirOf([...conversation.members.values(), ...members], userId) : undefined;
        return planRemoving(conversation, by, userId, heir);
      }),

    setRole: (conversationId: string, by: string, userId: string, role: Role): Promise<Result<Changed>> =>
      change(conversationId, [by, userId], (conversation) => planRole(conversation, by, userId, role)),

    /** Changes a group's name, its avatar, or whether members who join later see its whole history. */
    update: (conversationId: string, by: string, to: UpdateConversation): Promise<Result<Changed>> =>
      change(conversationId, [by], async (conversation) => {
        const plan = planUpdate(conversation, by, to);
        const avatar = 'ok' in plan ? plan.ok.avatarMediaId : undefined;
        const isTheirs = avatar === undefined || (await store.isAvatarOf(avatar, by));
        return isTheirs ? plan : fail('not_found', 'There is no such image.');
      }),
  };
}
