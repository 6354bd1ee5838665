import * as z from 'zod/mini';
import { type Attributes, oneOf } from '#adapters/dynamo/attributes.ts';
import type { Item } from '#adapters/dynamo/table.ts';
import type {
  Change,
  ConversationChange,
  DeletedChange,
  EditedChange,
  MemberChange,
  MessageChange,
  ReactedChange,
  StoredChange,
  VoidChange,
} from '#core/conversations/change.ts';
import { mergeSpellings } from '#core/messages/reactions.ts';
import { endsSegment } from '#core/search/segment.ts';
import { HistoryAccess, Role } from '#protocol/conversations.ts';
import { fullyQualified } from '#protocol/emoji.ts';
import { Attachment } from '#protocol/media.ts';
import { unknownHistory, unknownRole } from './heads.ts';
import { keys, seqOf, uuidBytes, uuidText } from './keys.ts';

/** The stored attributes of a change, without its key. */
type Stored<C> = Attributes<Omit<C, 'conversationId' | 'seq'>>;

/** A UUID, which is stored as 16 bytes. */
const uuid = z.pipe(
  z.instanceof(Uint8Array),
  z.transform((bytes) => uuidText(bytes)),
);

const reactions = z.pipe(
  z.array(z.object({ emoji: z.string(), count: z.number(), userIds: z.array(uuid) })),
  z.transform((stored) => mergeSpellings(stored)),
);

const common = { n: z.number(), fanout: z.optional(z.literal(true)) };
const revision = { ...common, target: z.number(), by: uuid };

const Message = z.object({
  type: z.literal('message'),
  ...common,
  senderId: uuid,
  clientId: uuid,
  text: z.string(),
  media: z.optional(z.array(Attachment)),
  replyTo: z.nullable(z.number()),
  sentAt: z.number(),
  quiet: z.optional(z.literal(true)),
  editedAt: z.optional(z.number()),
  deletedAt: z.optional(z.number()),
  reactions: z.optional(reactions),
  updatedSeq: z.optional(z.number()),
  edits: z.optional(z.array(z.number())),
  originalHash: z.optional(z.string()),
} satisfies Stored<MessageChange>);

const Member = z.object({
  type: z.literal('member'),
  ...common,
  userId: uuid,
  change: z.enum(['added', 'removed', 'left', 'role', 'erased']),
  by: uuid,
  role: z.optional(oneOf(Role.options, unknownRole)),
  at: z.optional(z.number()),
} satisfies Stored<MemberChange>);

const Conversation = z.object({
  type: z.literal('conversation'),
  ...common,
  by: z.optional(uuid),
  name: z.optional(z.nullable(z.string())),
  history: z.optional(oneOf(HistoryAccess.options, unknownHistory)),
  avatarMediaId: z.optional(z.string()),
} satisfies Stored<ConversationChange>);

const Edited = z.object({
  type: z.literal('edited'),
  ...revision,
  at: z.number(),
  before: z.optional(z.string()),
} satisfies Stored<EditedChange>);

const Deleted = z.object({ type: z.literal('deleted'), ...revision } satisfies Stored<DeletedChange>);

const Reacted = z.object({
  type: z.literal('reacted'),
  ...revision,
  emoji: z.pipe(
    z.string(),
    z.transform((emoji) => fullyQualified(emoji)),
  ),
  removed: z.optional(z.literal(true)),
} satisfies Stored<ReactedChange>);

const Void = z.object({ type: z.literal('void'), ...common } satisfies Stored<VoidChange>);

const AnyChange = z.discriminatedUnion('type', [Message, Member, Conversation, Edited, Deleted, Reacted, Void]);

/** The attributes that each change has, also one of a newer version. */
const Unknown = z.object({ ...common });

/** `T` with all properties and arrays read-only, as in the types of core. */
type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Name in keyof T]: Frozen<T[Name]> }
    : T;

/** The item of a change. The types ensure that `changeOf` can read it. */
export function changeItem(change: StoredChange): Item {
  const { conversationId, seq, ...attributes } = change satisfies Frozen<z.output<typeof AnyChange>>;
  // By `endsSegment` the function `message-stream` sees that a segment of the search index is complete.
  const item = { ...keys.change(conversationId, seq), ...attributes, ...(endsSegment(seq) && { endsSegment: true }) };
  switch (change.type) {
    case 'message': {
      const { senderId, clientId, reactions } = change;
      return {
        ...item,
        senderId: uuidBytes(senderId),
        clientId: uuidBytes(clientId),
        reactions: reactions?.map((reaction) => ({ ...reaction, userIds: reaction.userIds.map(uuidBytes) })),
      };
    }
    case 'member':
      return { ...item, userId: uuidBytes(change.userId), by: uuidBytes(change.by) };
    case 'edited':
    case 'deleted':
    case 'reacted':
      return { ...item, by: uuidBytes(change.by) };
    case 'conversation':
      return change.by === undefined ? item : { ...item, by: uuidBytes(change.by) };
    case 'void':
      return item;
    default:
      return change satisfies never;
  }
}

/** The change in an item. If it is of a newer version and doesn't match any schema, its type is `unknown` (decision 0071). */
export function changeOf(conversationId: string, item: Item): Change {
  const place = { conversationId, seq: seqOf(String(item['sk'])) };
  const stored = AnyChange.safeParse(item);
  return stored.success ? { ...place, ...stored.data } : { ...place, type: 'unknown', ...Unknown.parse(item) };
}
