import * as z from 'zod/mini';
import { type Attributes, oneOf } from '#adapters/dynamo/attributes.ts';
import { name } from '#adapters/dynamo/expression.ts';
import type { Item } from '#adapters/dynamo/table.ts';
import { storedTokenBucketTime, tokenBucketTime } from '#adapters/dynamo/token-bucket.ts';
import type { Complete } from '#core/complete.ts';
import type { Conversation, Mark, Member } from '#core/conversations/conversation.ts';
import { HistoryAccess, Role } from '#protocol/conversations.ts';
import { conversationIdOf, keys, memberKey, memberPrefix, userIdOf, uuidBytes, uuidText } from './keys.ts';

/** If a role or a history access is only known to a newer version, it is read as the value that allows least (decision 0071). */
export const unknownRole: Role = 'member';
export const unknownHistory: HistoryAccess = 'joined';

const roleLetters = { owner: 'o', admin: 'a', member: 'm' } as const satisfies Record<Role, string>;

export function storedRole(role: Role): string {
  return roleLetters[role];
}

function roleOf(letter: string): Role {
  return Role.options.find((role) => roleLetters[role] === letter) ?? unknownRole;
}

/**
 * The attributes of a member (docs/data-model.md). Their names are short, because eight members must fit into the head's one
 * write unit.
 */
const StoredMember = z.object({
  /** role */ o: z.pipe(z.string(), z.transform(roleOf)),
  /** joinedAt */ t: z.number(),
  /** joinedSeq */ j: z.number(),
  /** readSeq */ q: z.number(),
  /** readN */ r: z.number(),
  /** deliveredSeq */ d: z.optional(z.number()),
  /** hiddenSeq */ h: z.optional(z.number()),
  /** mark: id */ i: z.optional(z.instanceof(Uint8Array)),
  /** mark: seq */ s: z.optional(z.number()),
  /** token bucket full at */ b: z.optional(z.number()),
  /** blocked */ x: z.optional(z.literal(true)),
  /** summaries */ k: z.optional(z.number()),
});

/**
 * An attribute that a receipt sets on the head or the member's item. The stream's filter finds receipts by it. So every other
 * update of these items must remove it, or it causes an invocation for nothing.
 */
export const receiptMark = name('w');

/** The attribute of a head or a member's item for `summaries`. It goes with the next change. */
export const summariesMark = name('k');

/** The attribute of a head for `lastMessageUpdatedSeq`. It goes with the next message. */
export const lastMessageMark = name('e');

/** The properties of a conversation that its head has unchanged. */
type Plain = Omit<
  Conversation,
  | 'id'
  | 'name'
  | 'avatarMediaId'
  | 'begunBy'
  | 'voids'
  | 'voidsThrough'
  | 'lastMessageUpdatedSeq'
  | 'summaries'
  | 'large'
  | 'members'
>;

const Head = z.object({
  pk: z.string(),
  name: z.optional(z.string()),
  avatar: z.optional(z.instanceof(Uint8Array)),
  begunBy: z.optional(z.instanceof(Uint8Array)),
  voids: z.optional(z.set(z.number())),
  voidsThrough: z.optional(z.number()),
  /** lastMessageUpdatedSeq */ e: z.optional(z.number()),
  /** summaries */ k: z.optional(z.number()),
  /** The members of a small conversation by `memberKey`. */
  m: z.optional(z.record(z.string(), StoredMember)),
  ...({
    type: oneOf(['direct', 'group'], 'group'),
    history: z._default(oneOf(HistoryAccess.options, unknownHistory), 'joined'),
    createdAt: z.number(),
    seq: z.number(),
    n: z.number(),
    lastActivityAt: z.number(),
    lastMessageSeq: z.number(),
    revision: z.number(),
    memberCount: z.number(),
  } satisfies Attributes<Plain>),
});

/** The conversation in a head. For a large one, `members` are the loaded members. Throws if the item isn't a head. */
export function conversationOf(item: Item, members: ReadonlyMap<string, Member> = new Map()): Conversation {
  const { pk, name, avatar, begunBy, voids, e, k, m, ...head } = Head.parse(item);
  return {
    ...head,
    id: conversationIdOf(pk),
    name: name ?? null,
    ...(avatar && { avatarMediaId: uuidText(avatar) }),
    ...(begunBy && { begunBy: uuidText(begunBy) }),
    voids: [...(voids ?? [])],
    ...(e !== undefined && { lastMessageUpdatedSeq: e }),
    ...(k !== undefined && { summaries: k }),
    large: m === undefined,
    members: m === undefined ? members : membersOf(m),
  };
}

/** The members in a head, sorted by id as the items of a large conversation are. DynamoDB doesn't keep the order of a map. */
function membersOf(m: Readonly<Record<string, z.infer<typeof StoredMember>>>): ReadonlyMap<string, Member> {
  const members = Object.entries(m).map(([key, stored]) => memberOf(userIdOf(key), stored));
  return new Map(members.sort(byId).map((member) => [member.userId, member]));
}

const byId = (a: Member, b: Member) => (a.userId < b.userId ? -1 : 1);

/** The head of a new conversation. */
export function headOf(conversation: Conversation): Item {
  const {
    id,
    members,
    large,
    voids: _voids,
    voidsThrough: _through,
    lastMessageUpdatedSeq: e,
    summaries: k,
    name,
    history,
    avatarMediaId,
    begunBy,
    ...head
  } = conversation;
  return {
    ...keys.head(id),
    ...head,
    e,
    k,
    ...(name !== null && { name }),
    ...(avatarMediaId !== undefined && { avatar: uuidBytes(avatarMediaId) }),
    ...(begunBy !== undefined && { begunBy: uuidBytes(begunBy) }),
    // `joined` is the default. It isn't stored, because the head should stay small.
    ...(history !== 'joined' && { history }),
    ...(!large && {
      m: Object.fromEntries([...members.values()].map((member) => [memberKey(member.userId), storedMember(member)])),
    }),
  };
}

/** A member's own item in a large conversation. */
export function memberItem(conversationId: string, member: Member): Item {
  return { ...keys.member(conversationId, member.userId), ...storedMember(member) };
}

/** The item of a former member. It keeps the mark, so that an old message id can't be stored a second time if they come back. */
export function formerMemberItem(conversationId: string, { userId, mark }: Member): Item {
  return { ...keys.member(conversationId, userId), ...storedMark(mark) };
}

/** The member in an item, or undefined if they are a former member. */
export function memberOfItem(item: Item): Member | undefined {
  const stored = StoredMember.safeParse(item);
  return stored.success ? memberOf(String(item['sk']).slice(memberPrefix.length), stored.data) : undefined;
}

export function markOfItem(item: Item | undefined): Mark | undefined {
  const { i, s } = z.object({ i: StoredMember.shape.i, s: StoredMember.shape.s }).parse(item ?? {});
  return i && s !== undefined ? { id: uuidText(i), seq: s } : undefined;
}

export function storedMember(member: Member): Item {
  const { role, joinedAt, joinedSeq, readSeq, readN, deliveredSeq, hiddenSeq, mark, fullAt, blocked, summaries } =
    member;
  return {
    o: storedRole(role),
    t: joinedAt,
    j: joinedSeq,
    q: readSeq,
    r: readN,
    d: deliveredSeq,
    h: hiddenSeq,
    ...storedMark(mark),
    b: fullAt === undefined ? undefined : storedTokenBucketTime(fullAt),
    x: blocked,
    k: summaries,
  } satisfies Complete<z.input<typeof StoredMember>>;
}

function storedMark(mark: Mark | undefined) {
  return { i: mark && uuidBytes(mark.id), s: mark?.seq };
}

function memberOf(userId: string, stored: z.infer<typeof StoredMember>): Member {
  return {
    userId,
    role: stored.o,
    joinedAt: stored.t,
    joinedSeq: stored.j,
    readSeq: stored.q,
    readN: stored.r,
    deliveredSeq: stored.d ?? 0,
    hiddenSeq: stored.h,
    mark: markOfItem(stored),
    fullAt: stored.b === undefined ? undefined : tokenBucketTime(stored.b),
    blocked: stored.x,
    summaries: stored.k,
  } satisfies Complete<Member>;
}
