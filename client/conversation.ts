import type { Conversation } from '../protocol/conversations.ts';
import type { ConversationEvent, SyncedConversation } from '../protocol/events.ts';
import type { History, Message as WireMessage } from '../protocol/messages.ts';

/** A message as the client keeps it. An acknowledged one is complete but for `n`, which the client has no need of. */
export type Message = Omit<WireMessage, 'n'>;

/** A change of a conversation: an event of the server, or an acknowledged message of one's own. */
export type Change =
  | Exclude<ConversationEvent, { type: 'message' }>
  | { readonly type: 'message'; readonly conversationId: string; readonly seq: number; readonly message: Message };

/**
 * What is known of a conversation. Never changed in place. `lastSeq` is the cursor: every change up to it is in here, and
 * `messages` has no holes from its first one to the cursor.
 */
export interface ConversationState extends Omit<Conversation, 'lastMessage'> {
  readonly lastMessage: Message | null;
  readonly messages: readonly Message[];
  /** Whether a page of history was fetched. */
  readonly loaded: boolean;
  /** Whether there is history before the first message. */
  readonly hasOlder: boolean;
  /** Events behind a gap, in ascending `seq`: they count when the gap closes. */
  readonly ahead: readonly Change[];
}

export function begin(conversation: Conversation): ConversationState {
  return { ...conversation, messages: [], loaded: false, hasOlder: true, ahead: [] };
}

/** Applies an event: in any order, however often. `me` is the signed-in person's id. */
export function apply(state: ConversationState, event: Change, me: string): ConversationState {
  if (event.seq <= state.lastSeq) return event.type === 'message' ? insert(state, [event.message]) : state;
  if (state.ahead.some(({ seq }) => seq === event.seq)) return state;
  const ahead = [...state.ahead, event].sort((a, b) => a.seq - b.seq);
  // A message behind a gap is shown at once; it counts when the gap has closed.
  const shown = event.type === 'message' ? insert(state, [event.message]) : state;
  return closeGap({ ...shown, ahead }, me);
}

/** Applies what `/sync` answered for the cursor of this conversation. */
export function applySync(state: ConversationState, synced: SyncedConversation, me: string): ConversationState {
  // Live events were faster: there is nothing new in it.
  if (synced.lastSeq < state.lastSeq) return state;
  const start = synced.resync ? { ...state, messages: [], loaded: true, hasOlder: true } : state;
  // Numbers missing between them are void.
  let next = synced.events.reduce((current, event) => advance(current, event, me), start);
  if (!synced.more) next = { ...next, lastSeq: synced.lastSeq };
  // A read pointer that is ahead of the server's is about to be sent.
  next =
    synced.readSeq < next.readSeq ? recount(next, me) : { ...next, readSeq: synced.readSeq, unread: synced.unread };
  return closeGap({ ...next, ahead: next.ahead.filter(({ seq }) => seq > next.lastSeq) }, me);
}

/** Takes over what no event tells: roles, the time of joining. */
export function describe(state: ConversationState, conversation: Conversation): ConversationState {
  const { name, avatarUrl, members, memberCount, muted } = conversation;
  return { ...state, name, avatarUrl, members, memberCount, muted };
}

/** Adds a page of history: the newest, or the one before the first message. */
export function addHistory(state: ConversationState, page: History): ConversationState {
  const first = state.messages[0]?.seq ?? Number.POSITIVE_INFINITY;
  const reachesBack = !state.loaded || (page.messages[0]?.seq ?? 0) < first;
  return { ...insert(state, page.messages), loaded: true, hasOlder: reachesBack ? page.hasMore : state.hasOlder };
}

/** Moves the read pointer, which never goes back. */
export function read(state: ConversationState, seq: number, me: string): ConversationState {
  return seq <= state.readSeq ? state : recount({ ...state, readSeq: seq }, me);
}

/** The latest sign of life, for sorting. */
export function activity(state: ConversationState): string {
  return state.lastMessage?.sentAt ?? state.createdAt;
}

function closeGap(state: ConversationState, me: string): ConversationState {
  const [event, ...ahead] = state.ahead;
  if (event?.seq !== state.lastSeq + 1) return state;
  return closeGap(advance({ ...state, ahead }, event, me), me);
}

function advance(state: ConversationState, event: Change, me: string): ConversationState {
  if (event.seq <= state.lastSeq) return event.type === 'message' ? insert(state, [event.message]) : state;
  const next = { ...state, lastSeq: event.seq };
  switch (event.type) {
    case 'message':
      return event.message.senderId === me
        ? { ...insert(next, [event.message]), readSeq: event.seq, unread: 0 }
        : { ...insert(next, [event.message]), unread: state.unread + 1 };
    case 'conversation':
      return event.name === undefined ? next : { ...next, name: event.name };
    case 'member':
      return event.change === 'removed' || event.change === 'left' ? withoutMember(next, event.userId) : next;
    default:
      return next;
  }
}

function withoutMember(state: ConversationState, userId: string): ConversationState {
  const members = state.members.filter((member) => member.userId !== userId);
  return { ...state, members, memberCount: state.memberCount - 1 };
}

function insert(state: ConversationState, messages: readonly Message[]): ConversationState {
  const known = new Set(state.messages.map(({ seq }) => seq));
  const added = messages.filter(({ seq }) => !known.has(seq));
  if (added.length === 0) return state;
  const all = [...state.messages, ...added].sort((a, b) => a.seq - b.seq);
  const last = all.at(-1);
  const isLatest = last !== undefined && last.seq > (state.lastMessage?.seq ?? 0);
  return { ...state, messages: all, lastMessage: isLatest ? last : state.lastMessage };
}

/** Counts the unread from the messages. Where they don't reach back to the read pointer the number stays, until the next sync. */
function recount(state: ConversationState, me: string): ConversationState {
  const first = state.messages[0]?.seq ?? Number.POSITIVE_INFINITY;
  const reachesBack = first <= state.readSeq + 1 || state.readSeq >= state.lastSeq;
  if (!reachesBack) return state;
  const unread = state.messages.filter(({ seq, senderId }) => seq > state.readSeq && senderId !== me).length;
  return { ...state, unread };
}
