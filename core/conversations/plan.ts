import { manages } from '#core/access.ts';
import type { HistoryAccess, Role, UpdateConversation } from '#protocol/conversations.ts';
import { fail, type Result } from '#protocol/failures.ts';
import { limits } from '#protocol/limits.ts';
import type { Change, ConversationChange, MemberChange } from './change.ts';
import { type Conversation, fanoutFor, type Mark, type Member, smallMembers } from './conversation.ts';
import type { InvitationList } from './invitations.ts';

/** What a command changes in a conversation: the changes in their order, and their effect on the members and the head. */
export interface Plan {
  readonly changes: readonly (MemberChange | ConversationChange)[];
  readonly added?: readonly Member[];
  /** Those of `added` who didn't know the one who adds them. */
  readonly unasked?: ReadonlySet<string>;
  /** The invitations of a user who accepts one, before and after that. */
  readonly answers?: { readonly userId: string; readonly before: InvitationList; readonly after: InvitationList };
  readonly removed?: readonly Member[];
  readonly roles?: ReadonlyMap<string, Role>;
  /** The member or former member whose account is erased. */
  readonly erased?: string;
  readonly name?: string;
  readonly history?: HistoryAccess;
  readonly avatarMediaId?: string;
}

type Unnumbered =
  | Pick<MemberChange, 'type' | 'userId' | 'change' | 'by' | 'role' | 'at'>
  | Pick<ConversationChange, 'type' | 'by' | 'name' | 'history' | 'avatarMediaId'>;

/** Gives changes the numbers after the conversation's `seq`. */
function numbered(
  conversation: Conversation,
  changes: readonly Unnumbered[],
  memberCount = conversation.memberCount,
): Plan['changes'] {
  const { id: conversationId, seq, n } = conversation;
  return changes.map((change, i) => ({ ...change, conversationId, seq: seq + 1 + i, n, ...fanoutFor(memberCount) }));
}

/** A new conversation with its first members. */
export function newConversation(
  details: Pick<Conversation, 'id' | 'type' | 'name' | 'begunBy'>,
  founders: readonly { userId: string; role: Role; blocked?: true | undefined }[],
  now: number,
): Conversation {
  const members = founders.map(({ userId, role, blocked }) => ({
    ...newMember(userId, role, { seq: 0, n: 0 }, now),
    blocked,
  }));
  return {
    ...details,
    history: 'joined',
    createdAt: now,
    seq: 0,
    n: 0,
    voids: [],
    lastActivityAt: now,
    lastMessageSeq: 0,
    revision: 0,
    memberCount: members.length,
    large: members.length > smallMembers,
    members: new Map(members.map((member) => [member.userId, member])),
  };
}

function newMember(
  userId: string,
  role: Role,
  at: Pick<Change, 'seq' | 'n'>,
  now: number,
  mark?: Mark | undefined,
): Member {
  const { seq, n } = at;
  return {
    userId,
    role,
    joinedAt: now,
    joinedSeq: seq,
    readSeq: seq,
    readN: n,
    deliveredSeq: seq,
    mark,
  };
}

/** Those of `userIds` who aren't members, if `by` may add members to the group. Errors: `forbidden`. */
export function newcomers(
  conversation: Conversation,
  by: string,
  userIds: readonly string[],
): Result<readonly string[]> {
  if (!manages(conversation.members.get(by))) return fail('forbidden', 'Only owners and admins add members.');
  if (conversation.type === 'direct') return fail('forbidden', 'A direct conversation has two members.');
  return { ok: [...new Set(userIds)].filter((userId) => !conversation.members.has(userId)) };
}

/**
 * Adds users who aren't members. `by` is the one who adds them, or the user themselves when they accept an invitation. `marks` has
 * the marks of former members. Errors: `conflict`.
 */
export function planAdding(
  conversation: Conversation,
  by: string,
  newIds: readonly string[],
  marks: ReadonlyMap<string, Mark>,
  now: number,
): Result<Plan> {
  if (conversation.memberCount + newIds.length > limits.groupMembers)
    return fail('conflict', `A group has at most ${limits.groupMembers} members.`);
  const changes = numbered(
    conversation,
    newIds.map((userId) => ({ type: 'member', userId, change: 'added', by, role: 'member' })),
    conversation.memberCount + newIds.length,
  );
  // A new member sees the change that adds them, and has read it. The others derive the new member's pointers from that change.
  const before = { seq: conversation.seq, n: conversation.n };
  const added = newIds.map((userId, i) => ({
    ...newMember(userId, 'member', before, now, marks.get(userId)),
    readSeq: before.seq + i + 1,
  }));
  return { ok: { changes, added } };
}

/** Removes a member, or lets them leave. If it is the owner, `heir` becomes the owner. Errors: `forbidden`, `not_found`. */
export function planRemoving(conversation: Conversation, by: string, userId: string, heir?: Member): Result<Plan> {
  const actor = conversation.members.get(by);
  const target = conversation.members.get(userId);
  if (!actor) return fail('forbidden');
  if (conversation.type === 'direct') return fail('forbidden', 'A direct conversation has two members.');
  if (!target) return fail('not_found', 'They are not a member.');
  const leaves = by === userId;
  const outranks = actor.role === 'owner' || (actor.role === 'admin' && target.role === 'member');
  if (!leaves && !outranks) return fail('forbidden', 'Owners remove anyone, admins remove members.');
  const handsOver = target.role === 'owner' && heir !== undefined;
  const changes: Unnumbered[] = [{ type: 'member', userId, change: leaves ? 'left' : 'removed', by }];
  if (handsOver) changes.unshift({ type: 'member', userId: heir.userId, change: 'role', by, role: 'owner' });
  return {
    ok: {
      changes: numbered(conversation, changes),
      removed: [target],
      ...(handsOver && { roles: new Map([[heir.userId, 'owner']]) }),
    },
  };
}

/**
 * Removes a user whose account is erased, at `at` in ms since 1970. The change `erased` is also made for a former member. If the
 * user is the owner, `heir` becomes the owner.
 */
export function planErasing(conversation: Conversation, userId: string, at: number, heir?: Member): Plan {
  const member = conversation.members.get(userId);
  const changes: Unnumbered[] = [{ type: 'member', userId, change: 'erased', by: userId, at }];
  if (member) changes.unshift({ type: 'member', userId, change: 'left', by: userId });
  if (heir) changes.unshift({ type: 'member', userId: heir.userId, change: 'role', by: userId, role: 'owner' });
  return {
    changes: numbered(conversation, changes),
    erased: userId,
    ...(member && { removed: [member] }),
    ...(heir && { roles: new Map([[heir.userId, 'owner']]) }),
  };
}

/** Who becomes the owner when the owner leaves: the admin, or else the member, who joined first. */
export function heirOf(members: Iterable<Member>, owner: string): Member | undefined {
  const rank = ({ role }: Member) => (role === 'admin' ? 0 : 1);
  return [...members]
    .filter(({ userId }) => userId !== owner)
    .sort((a, b) => rank(a) - rank(b) || a.joinedSeq - b.joinedSeq || a.joinedAt - b.joinedAt)[0];
}

/**
 * Sets a member's role. If someone else becomes the owner, the owner becomes an admin. Errors: `forbidden`, `not_found`,
 * `conflict`.
 */
export function planRole(conversation: Conversation, by: string, userId: string, role: Role): Result<Plan> {
  if (conversation.members.get(by)?.role !== 'owner') return fail('forbidden', 'Only the owner sets roles.');
  const target = conversation.members.get(userId);
  if (!target) return fail('not_found', 'They are not a member.');
  if (target.role === role) return { ok: { changes: [] } };
  if (userId === by) return fail('conflict', 'Make someone else the owner first.');
  const roles = new Map([[userId, role]]);
  if (role === 'owner') roles.set(by, 'admin');
  const changes = [...roles].map(([id, to]) => ({ type: 'member', userId: id, change: 'role', by, role: to }) as const);
  return { ok: { changes: numbered(conversation, changes), roles } };
}

/** Changes a group's name, avatar, or history access. Errors: `forbidden`. */
export function planUpdate(conversation: Conversation, by: string, to: UpdateConversation): Result<Plan> {
  if (!manages(conversation.members.get(by))) return fail('forbidden', 'Only owners and admins change the group.');
  if (conversation.type === 'direct') return fail('forbidden', 'A direct conversation stays as it is.');
  const differences = {
    ...(to.name !== undefined && to.name !== conversation.name && { name: to.name }),
    ...(to.history !== undefined && to.history !== conversation.history && { history: to.history }),
    ...(to.avatarMediaId !== undefined &&
      to.avatarMediaId !== conversation.avatarMediaId && { avatarMediaId: to.avatarMediaId }),
  };
  if (Object.keys(differences).length === 0) return { ok: { changes: [] } };
  return { ok: { changes: numbered(conversation, [{ type: 'conversation', by, ...differences }]), ...differences } };
}
