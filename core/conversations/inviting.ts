import { type ConversationLoader, ownOf } from '#core/access.ts';
import { isoTime } from '#core/clock.ts';
import type { Complete } from '#core/complete.ts';
import { untilApplied } from '#core/retry.ts';
import type { Runtime } from '#core/runtime.ts';
import { fail, type Result } from '#protocol/failures.ts';
import type * as wire from '#protocol/invitations.ts';
import type { AdmissionStore, Invited } from './admission.ts';
import type { Conversation, Mark } from './conversation.ts';
import { answered, declined, type InvitationList, invite, type PendingInvitation } from './invitations.ts';
import { type Plan, planAdding } from './plan.ts';

export interface InvitingStore extends ConversationLoader, Runtime, Pick<AdmissionStore, 'blocked' | 'staysOf'> {
  /** The lists of some users, read consistently. */
  invitationsOf(userIds: readonly string[]): Promise<ReadonlyMap<string, InvitationList>>;
  /** Stores a list. If it has changed since it was read as `before`, nothing is written, and the present list is returned. */
  saveInvitations(userId: string, before: InvitationList, after: InvitationList): Promise<InvitationList | undefined>;
  /** Loads conversations, each with the entry of one user if it is large. The map has the user's id by the conversation's. */
  loadEach(userIds: ReadonlyMap<string, string>): Promise<readonly Conversation[]>;
  formerMarks(conversationId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, Mark>>;
  apply(conversation: Conversation, plan: Plan, now: number): Promise<boolean>;
}

/** Invites users to a conversation. Returns those who have a new invitation: `invite` says who gets none. */
export async function inviteAll(
  store: InvitingStore,
  conversationId: string,
  by: string,
  invited: readonly Invited[],
): Promise<string[]> {
  if (invited.length === 0) return [];
  const lists = await store.invitationsOf(invited.map(({ userId }) => userId));
  const earlier = [...lists.values()]
    .flatMap(({ pending }) => pending.filter((one) => one.conversationId === conversationId && one.by !== by))
    .map((one) => one.by);
  const members = earlier.length > 0 ? (await store.load(conversationId, earlier))?.members : undefined;

  const outcomes = await Promise.all(
    invited.map(async ({ userId, stranger, until }) => {
      const invitation = { conversationId, by, at: store.now(), ...(stranger && { stranger }) };
      const isLapsed = (one: PendingInvitation) =>
        one.at <= until || (earlier.includes(one.by) && members?.has(one.by) !== true);
      for (let list = lists.get(userId); list; ) {
        const next = invite(list, invitation, isLapsed);
        if (!next) return [];
        const changed = await store.saveInvitations(userId, list, next);
        if (!changed) return [userId];
        list = changed;
      }
      return [];
    }),
  );
  return outcomes.flat();
}

/** An invitation that can be accepted, and its conversation. */
interface Standing {
  readonly invitation: PendingInvitation;
  readonly conversation: Conversation;
}

/**
 * Those of a user's invitations that haven't lapsed. An invitation lapses if its conversation is gone, if the one who made it is no
 * member any more or is kept apart by a block, and if the user became a member since it was made.
 */
async function standing(
  store: InvitingStore,
  userId: string,
  pending: readonly PendingInvitation[],
): Promise<Standing[]> {
  const [conversations, stays, blocks] = await Promise.all([
    store.loadEach(new Map(pending.map(({ conversationId, by }) => [conversationId, by]))),
    store.staysOf(pending.map(({ conversationId }) => ({ userId, conversationId }))),
    store.blocked([...new Set(pending.map(({ by }) => by))].map((by) => ({ by: userId, userId: by }))),
  ]);
  const found = new Map(conversations.map((conversation) => [conversation.id, conversation]));
  const stayOf = new Map(stays.map((stay) => [stay.conversationId, stay]));
  const blocked = new Set(blocks.map((block) => block.userId));
  return pending.flatMap((invitation) => {
    const conversation = found.get(invitation.conversationId);
    const stay = stayOf.get(invitation.conversationId);
    const isOver = stay !== undefined && (stay.until === undefined || stay.until >= invitation.at);
    if (!conversation || !ownOf(conversation, invitation.by) || isOver || blocked.has(invitation.by)) return [];
    return [{ invitation, conversation }];
  });
}

async function listOf(store: InvitingStore, userId: string): Promise<InvitationList | undefined> {
  return (await store.invitationsOf([userId])).get(userId);
}

/** The invitations of a user that haven't lapsed, the newest first. */
export async function invitationsOf(store: InvitingStore, userId: string): Promise<wire.Invitations> {
  const standingOnes = await standing(store, userId, (await listOf(store, userId))?.pending ?? []);
  const invitations = standingOnes
    .sort((a, b) => b.invitation.at - a.invitation.at)
    .map(
      ({ invitation: { conversationId, by, at }, conversation: { name, memberCount } }) =>
        ({ conversationId, name, by, memberCount, createdAt: isoTime(at) }) satisfies Complete<wire.Invitation>,
    );
  return { invitations };
}

/**
 * Makes a user a member of a group to which they are invited. It changes nothing if they are a member already, perhaps because the
 * answer of an earlier call was lost. Errors: `not_found` (there is no such invitation, or it has lapsed), `conflict` (the group is
 * full; the invitation stays), `unavailable`.
 */
export function accept(store: InvitingStore, userId: string, conversationId: string): Promise<Result<Plan['changes']>> {
  return untilApplied(store, async () => {
    const [list, conversation] = await Promise.all([listOf(store, userId), store.load(conversationId, [userId])]);
    if (ownOf(conversation, userId)) return { ok: [] };
    const pending = list?.pending.filter((one) => one.conversationId === conversationId) ?? [];
    const [still] = await standing(store, userId, pending);
    if (!list || !conversation || !still) return fail('not_found', 'There is no such invitation.');
    const marks = await store.formerMarks(conversationId, [userId]);
    const plan = planAdding(conversation, userId, [userId], marks, store.now());
    if ('error' in plan) return plan;
    const answers = { userId, before: list, after: answered(list, conversationId) };
    const isApplied = await store.apply(conversation, { ...plan.ok, answers }, store.now());
    return isApplied ? { ok: plan.ok.changes } : undefined;
  });
}

/**
 * Declines an invitation. `block` is called with the one who made it, before the invitation is gone. Returns whether there was an
 * invitation. Errors: those of `block`, and `unavailable`.
 */
export function decline(
  store: InvitingStore,
  userId: string,
  conversationId: string,
  block: (inviterId: string) => Promise<Result<object>> = async () => ({ ok: {} }),
): Promise<Result<boolean>> {
  return untilApplied(store, async () => {
    const list = await listOf(store, userId);
    const invitation = list?.pending.find((one) => one.conversationId === conversationId);
    if (!list || !invitation) return { ok: false };
    const blocked = await block(invitation.by);
    // Who has erased their account can't be blocked, and needn't be.
    if ('error' in blocked && blocked.error.code !== 'not_found') return blocked;
    const changed = await store.saveInvitations(userId, list, declined(list, conversationId, store.now()));
    return changed ? undefined : { ok: true };
  });
}
