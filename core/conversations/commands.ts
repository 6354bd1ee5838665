import { type ConversationLoader, refusedByBlock } from '#core/access.ts';
import { chunk } from '#core/chunk.ts';
import { untilApplied } from '#core/retry.ts';
import type { Runtime } from '#core/runtime.ts';
import type { CreateConversation, Role, UpdateConversation } from '#protocol/conversations.ts';
import { fail, type Result } from '#protocol/failures.ts';
import type { WhoMayAdd } from '#protocol/people.ts';
import { type Admission, type AdmissionStore, admit } from './admission.ts';
import type { Conversation, Mark, Member } from './conversation.ts';
import { type InvitingStore, inviteAll } from './inviting.ts';
import {
  heirOf,
  newConversation,
  newcomers,
  type Plan,
  planAdding,
  planRemoving,
  planRole,
  planUpdate,
} from './plan.ts';

export interface ConversationStore extends ConversationLoader, Runtime, AdmissionStore, InvitingStore {
  formerMarks(conversationId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, Mark>>;
  allMembers(conversationId: string): Promise<Member[]>;
  create(
    conversation: Conversation,
    unasked: ReadonlySet<string>,
  ): Promise<{ created: true } | { existing: string } | 'outdated'>;
  hasBlocked(by: string, userId: string): Promise<boolean>;
  directOf(a: string, b: string): Promise<string | undefined>;
  /** Counts a new direct conversation. Errors: `rate_limited`, `unauthorized` (the account of `by` is erased). */
  mayBegin(by: string): Promise<Result<void>>;
  /** Carries out a plan. Returns false, with nothing written, if the conversation has changed since it was loaded. */
  apply(conversation: Conversation, plan: Plan, now: number): Promise<boolean>;
  /** Whether `userId` may use an uploaded file as an avatar. */
  isAvatarOf(mediaId: string, userId: string): Promise<boolean>;
  /** Who may add each of some users to groups. Those who don't exist are missing. */
  whoMayAdd(userIds: readonly string[]): Promise<ReadonlyMap<string, WhoMayAdd>>;
  /** How many members one transaction can write, for a new group and when members are added. */
  readonly foundersAtOnce: number;
  readonly addedAtOnce: number;
  newId(): string;
}

/** The changes that a command has written, and the users who have a new invitation. */
export interface Changed {
  readonly changes: Plan['changes'];
  readonly invited: readonly string[];
}

export interface Created {
  readonly conversationId: string;
  readonly isNew: boolean;
  readonly invited: readonly string[];
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
      return { ok: { changes, invited: [] } };
    });
  }

  /** The settings of some users. Errors: `not_found` if one of them doesn't exist. */
  async function settingsOf(userIds: readonly string[]): Promise<Result<ReadonlyMap<string, WhoMayAdd>>> {
    const settings = await store.whoMayAdd(userIds);
    return settings.size === userIds.length ? { ok: settings } : fail('not_found', 'There is no such user.');
  }

  async function direct(by: string, other: string): Promise<Result<Created>> {
    if (other === by) return fail('bad_request', 'A direct conversation is with someone else.');
    const existing = await store.directOf(by, other);
    if (existing) return { ok: { conversationId: existing, isNew: false, invited: [] } };
    const exists = await settingsOf([other]);
    if ('error' in exists) return exists;
    const allowed = await store.mayBegin(by);
    if ('error' in allowed) return allowed;
    return untilApplied<Created>(store, async () => {
      const [refused, blocked] = await Promise.all([store.hasBlocked(other, by), store.hasBlocked(by, other)]);
      if (refused) return refusedByBlock();
      const founders = [
        { userId: by, role: 'member' as const },
        { userId: other, role: 'member' as const, ...(blocked && { blocked }) },
      ];
      const conversation = newConversation({ id: newId(), type: 'direct', name: null, begunBy: by }, founders, now());
      const created = await store.create(conversation, new Set([other]));
      if (created === 'outdated') return undefined;
      return 'created' in created
        ? { ok: { conversationId: conversation.id, isNew: true, invited: [] } }
        : { ok: { conversationId: created.existing, isNew: false, invited: [] } };
    });
  }

  async function group(by: string, name: string, memberIds: readonly string[]): Promise<Result<Created>> {
    const others = [...new Set(memberIds)].filter((userId) => userId !== by);
    const settings = await settingsOf(others);
    if ('error' in settings) return settings;
    const first = others.slice(0, store.foundersAtOnce - 1);
    const { members, unasked, invited } = await admit(store, by, first, settings.ok, undefined);
    const founders = [
      { userId: by, role: 'owner' as const },
      ...members.map((userId) => ({ userId, role: 'member' as const })),
    ];
    const conversation = newConversation({ id: newId(), type: 'group', name }, founders, now());
    await store.create(conversation, unasked);
    const invitedFirst = await inviteAll(store, conversation.id, by, invited);
    const added = await addAll(conversation.id, by, others.slice(first.length), settings.ok);
    if ('error' in added) return added;
    return { ok: { conversationId: conversation.id, isNew: true, invited: [...invitedFirst, ...added.ok.invited] } };
  }

  /** Adds or invites users, as many at once as fit into a transaction. `settings` has those of all of them. */
  async function addAll(
    conversationId: string,
    by: string,
    userIds: readonly string[],
    settings: ReadonlyMap<string, WhoMayAdd>,
  ): Promise<Result<Changed>> {
    const all: { changes: Plan['changes'][number][]; invited: string[] } = { changes: [], invited: [] };
    for (const ids of chunk(userIds, store.addedAtOnce)) {
      let admission: Admission | undefined;
      const added = await change(conversationId, [by, ...ids], async (conversation) => {
        const newIds = newcomers(conversation, by, ids);
        if ('error' in newIds) return newIds;
        // It is decided once, because it counts what strangers do.
        admission ??= await admit(store, by, newIds.ok, settings, conversationId);
        const { members, unasked } = admission;
        const adding = members.filter((userId) => newIds.ok.includes(userId));
        const marks = await store.formerMarks(conversationId, adding);
        const plan = planAdding(conversation, by, adding, marks, now());
        return 'error' in plan ? plan : { ok: { ...plan.ok, unasked } };
      });
      if ('error' in added) return added;
      all.changes.push(...added.ok.changes);
      all.invited.push(...(await inviteAll(store, conversationId, by, admission?.invited ?? [])));
    }
    return { ok: all };
  }

  return {
    /** Creates a conversation, or finds the direct conversation that the two users already have. */
    create: (by: string, request: CreateConversation): Promise<Result<Created>> =>
      request.type === 'direct' ? direct(by, request.memberIds[0] ?? by) : group(by, request.name, request.memberIds),

    async add(conversationId: string, by: string, userIds: readonly string[]): Promise<Result<Changed>> {
      const ids = [...new Set(userIds)];
      const settings = await settingsOf(ids);
      return 'error' in settings ? settings : addAll(conversationId, by, ids, settings.ok);
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
