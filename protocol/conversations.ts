import * as z from 'zod/mini';
import { limits } from './limits.ts';
import { Message } from './messages.ts';
import * as value from './values.ts';

/** What a member of a group may do. */
export const Role = z.enum(['owner', 'admin', 'member']);

/** What members who join a group later may read: the messages since they joined, or all of them. */
export const HistoryAccess = z.enum(['joined', 'all']);

/** `direct`: of two people. `group`: of any number, with a name. */
export const ConversationType = z.enum(['direct', 'group']);

export const Member = z.object({ userId: value.id, role: Role, joinedAt: value.time });

export const Conversation = z.object({
  id: value.id,
  type: ConversationType,
  /** Null in a direct conversation: clients show the name of the other member. */
  name: z.nullable(z.string()),
  avatarUrl: z.nullable(z.string()),
  history: HistoryAccess,
  /** All members, or the first `limits.listedMembers` of a larger group. */
  members: z.array(Member),
  /** The number of all members. */
  memberCount: z.int(),
  /** Cursors and other `seq`s of the conversation are of this epoch. With another one, what a client knows of it is void. */
  epoch: value.epoch,
  lastSeq: value.seq,
  /** The caller's read pointer. */
  readSeq: value.seq,
  /** The number of messages that others have sent after the caller's read pointer, including deleted ones. */
  unread: z.int(),
  /** The newest message that the caller can see. */
  lastMessage: z.nullable(Message),
  /** Whether the caller has muted the conversation. Nobody else sees this. */
  muted: z.boolean(),
  createdAt: value.time,
});

const userIds = z.array(value.id).check(z.minLength(1), z.maxLength(limits.memberIdsPerRequest));

/** Creates a conversation with one other person. */
export const CreateDirect = z.strictObject({
  type: z.literal('direct'),
  memberIds: z.array(value.id).check(z.length(1)),
});

export const CreateGroup = z.strictObject({
  type: z.literal('group'),
  name: value.groupName,
  /** The other members. The caller becomes the owner and may be left out. */
  memberIds: z.array(value.id).check(z.maxLength(limits.memberIdsPerRequest)),
});

export const CreateConversation = z.discriminatedUnion('type', [CreateDirect, CreateGroup]);

export const ListQuery = z.strictObject({ limit: value.pageSize, cursor: z.optional(value.cursor) });

export const Conversations = z.object({
  /** The conversation with the latest activity comes first. */
  conversations: z.array(Conversation),
  /** The `cursor` of the next page; null after the last one. */
  nextCursor: z.nullable(z.string()),
});

export const UpdateConversation = z.strictObject({
  name: z.optional(value.groupName),
  history: z.optional(HistoryAccess),
  /** The id of an image that the caller has uploaded as an avatar and that is `ready`. */
  avatarMediaId: z.optional(value.id),
});

/** The cursor is the id of the last member on the previous page. */
export const MembersQuery = z.strictObject({ limit: value.pageSize, cursor: z.optional(value.id) });

export const Members = z.object({
  members: z.array(Member),
  /** The `cursor` of the next page; null after the last one. */
  nextCursor: z.nullable(z.string()),
});

export const AddMembers = z.strictObject({ userIds });

/** Only the owner changes a `role`. Members set `muted` for themselves only. */
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
