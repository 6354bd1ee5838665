import * as z from 'zod/mini';
import { limits } from './limits.ts';
import { Message } from './messages.ts';
import * as value from './values.ts';

export const Role = z.enum(['owner', 'admin', 'member']);

/** What those who join a group later may read: what comes after they joined, or all of it. */
export const HistoryAccess = z.enum(['joined', 'all']);

export const Member = z.object({ userId: value.id, role: Role, joinedAt: value.time });

export const Conversation = z.object({
  id: value.id,
  type: z.enum(['direct', 'group']),
  /** Null in a direct one, which clients call by the other member. */
  name: z.nullable(z.string()),
  avatarUrl: z.nullable(z.string()),
  history: HistoryAccess,
  /** All of them, or the first 50 of a larger group. */
  members: z.array(Member),
  /** How many there are altogether. */
  memberCount: z.int(),
  lastSeq: value.seq,
  /** The caller's read pointer. */
  readSeq: value.seq,
  /** The messages of others after the read pointer. */
  unread: z.int(),
  /** The newest one that the caller can see. */
  lastMessage: z.nullable(Message),
  /** By the caller, for the caller. */
  muted: z.boolean(),
  createdAt: value.time,
});

const userIds = z.array(value.id).check(z.minLength(1), z.maxLength(limits.memberIdsPerRequest));

/** With one other person. */
export const CreateDirect = z.strictObject({
  type: z.literal('direct'),
  memberIds: z.array(value.id).check(z.length(1)),
});

export const CreateGroup = z.strictObject({
  type: z.literal('group'),
  name: value.groupName,
  /** The caller need not be named. */
  memberIds: z.array(value.id).check(z.maxLength(limits.memberIdsPerRequest)),
});

export const CreateConversation = z.discriminatedUnion('type', [CreateDirect, CreateGroup]);

export const ListQuery = z.strictObject({ limit: value.pageSize, cursor: z.optional(value.cursor) });

export const Conversations = z.object({
  /** Latest activity first. */
  conversations: z.array(Conversation),
  /** The `cursor` of the next page; null after the last one. */
  nextCursor: z.nullable(z.string()),
});

export const UpdateConversation = z.strictObject({
  name: z.optional(value.groupName),
  history: z.optional(HistoryAccess),
  /** An image that the caller has uploaded as an avatar, and that is `ready`. */
  avatarMediaId: z.optional(value.id),
});

/** The cursor is the id of the last member of the page before. */
export const MembersQuery = z.strictObject({ limit: value.pageSize, cursor: z.optional(value.id) });

export const Members = z.object({
  members: z.array(Member),
  /** The `cursor` of the next page; null after the last one. */
  nextCursor: z.nullable(z.string()),
});

export const AddMembers = z.strictObject({ userIds });

/** `role` is the owner's to change, `muted` everyone's own. */
export const UpdateMember = z
  .strictObject({ role: z.optional(Role), muted: z.optional(z.boolean()) })
  .check(z.refine((change) => Object.keys(change).length > 0, 'must change something'));

export type Role = z.infer<typeof Role>;
export type HistoryAccess = z.infer<typeof HistoryAccess>;
export type Member = z.infer<typeof Member>;
export type Conversation = z.infer<typeof Conversation>;
export type CreateConversation = z.infer<typeof CreateConversation>;
export type ListQuery = z.infer<typeof ListQuery>;
export type Conversations = z.infer<typeof Conversations>;
export type MembersQuery = z.infer<typeof MembersQuery>;
export type Members = z.infer<typeof Members>;
export type UpdateConversation = z.infer<typeof UpdateConversation>;
export type UpdateMember = z.infer<typeof UpdateMember>;
