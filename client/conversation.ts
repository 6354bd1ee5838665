import type { Conversation } from 'storm-chat-protocol/conversations';
import type { ConversationEvent, Event, SyncedConversation } from 'storm-chat-protocol/events';
import type { History } from 'storm-chat-protocol/messages';
import type { Receipt } from 'storm-chat-protocol/receipts';
import { type Message, newer, type Source } from './messages.ts';
import { mark, put, show } from './timeline.ts';

/** A change of a conversation: an event of the server, or an acknowledged message of one's own. */
export type Change =
  | Exclude<ConversationEvent, { type: 'message' }>
  | { readonly type: 'message'; readonly conversationId: string; readonly seq: number; readonly message: Message };

/** What the server pushes, and what other tabs say of own doings. */
export type Push = Change | Exclude<Event, ConversationEvent>;

export type MemberChange = Extract<Change, { type: 'member' }>;

/** How far somebody has got, up to and including these `seq`. */
export type Progress = Omit<Receipt, 'userId'>;

/**
 * What is known of a conversation. Never changed in place. `lastSeq` is the cursor: every change up to it is in here, and
 * `messages` has no holes from its first one to the cursor.
 */
export interface ConversationState extends Omit<Conversation, 'lastMessage'> {
  readonly lastMessage: Message | null;
  readonly messages: readonly Message[];
  /** Another one whenever `messages` is begun anew. */
  readonly start: object;
  /** Whether a page of history was fetched. */
  readonly loaded: boolean;
  /** Whether there is history before the first message. */
  readonly hasOlder: boolean;
  /** Of the others, as far as it is known. */
  readonly receipts: Readonly<Record<string, Progress>>;
  /** Those of the others who are writing. */
  readonly typing: readonly string[];
  /** Events behind a gap, in ascending `seq`: they count when the gap closes. */
  readonly ahead: readonly Change[];
  /** The `seq` whose name, members and access to history these are: changes up to it are in them. */
  readonly describedSeq: number;
}

export function begin(conversation: Conversation, me: string): ConversationState {
  const { lastMessage, lastSeq } = conversation;
  return {
    ...conversation,
    lastMessage: lastMessage && newer(undefined, lastMessage, 'personal', me),
    messages: [],
    start: {},
    loaded: false,
    hasOlder: true,
    receipts: {},
    typing: [],
    ahead: [],
    describedSeq: lastSeq,
  };
}

/** Applies an event: in any order, however often. `me` is the signed-in person's id. */
export function apply(state: ConversationState, event: Change, me: string): ConversationState {
  // What changes messages is shown at once, also behind a gap; it counts when the gap has closed.
  const shown = show(state, event, me);
  if (event.seq <= state.lastSeq || state.ahead.some(({ seq }) => seq === event.seq)) return shown;
  const ahead = [...state.ahead, event].sort((a, b) => a.seq - b.seq);
  return closeGap({ ...shown, ahead }, me);
}

/** Applies what `/sync` answered for the cursor of this conversation. */
export function applySync(state: ConversationState, synced: SyncedConversation, me: string): ConversationState {
  // Where live events were faster there are no changes in it that aren't known.
  const { muted } = synced;
  if (synced.lastSeq < state.lastSeq) return withUnread({ ...state, muted }, synced, me);
  const start = { ...state, muted, ...(synced.resync && { messages: [], start: {}, loaded: true, hasOlder: true }) };
  // Numbers missing between them are void.
  let next = synced.events.reduce((current, event) => advance(current, event, me, 'personal'), start);
  if (!synced.more) next = withUnread({ ...next, lastSeq: synced.lastSeq }, synced, me);
  return closeGap({ ...next, ahead: next.ahead.filter(({ seq }) => seq > next.lastSeq) }, me);
}

/** Takes the server's count over, which is of its `lastSeq`. */
function withUnread(state: ConversationState, synced: SyncedConversation, me: string): ConversationState {
  // A read pointer that is ahead of the server's is about to be sent.
  if (synced.more || synced.readSeq < state.readSeq) return recount(state, me);
  const { readSeq } = synced;
  const since = unreadAfter({ ...state, readSeq: Math.max(readSeq, synced.lastSeq) }, me);
  return { ...state, readSeq, unread: synced.unread + since };
}

/** Takes over what no event tells, such as the time of joining; undefined where events were faster. */
export function describe(
  state: ConversationState,
  { name, avatarUrl, history, members, memberCount, muted, lastSeq }: Conversation,
): ConversationState | undefined {
  if (lastSeq < state.describedSeq) return undefined;
  const described = { ...state, name, avatarUrl, members, memberCount, muted, describedSeq: lastSeq };
  return withAccess(described, history);
}

/** Adds a page of history: the newest, or the one before the first message. */
export function addHistory(state: ConversationState, page: History, me: string): ConversationState {
  const first = state.messages[0]?.seq ?? Number.POSITIVE_INFINITY;
  const reachesBack = !state.loaded || (page.messages[0]?.seq ?? 0) < first;
  const hasOlder = reachesBack ? page.hasMore : state.hasOlder;
  return { ...put(state, page.messages, 'personal', me), loaded: true, hasOlder };
}

/** Moves the own read pointer, which never goes back. */
export function read(state: ConversationState, seq: number, me: string): ConversationState {
  return seq <= state.readSeq ? state : recount({ ...state, readSeq: seq }, me);
}

/** Whether `unread` can be counted here; else only the server knows how it changes when the read pointer moves. */
export function isCountable({ messages, readSeq, lastSeq, hasOlder }: ConversationState): boolean {
  const first = messages[0]?.seq ?? Number.POSITIVE_INFINITY;
  return first <= readSeq + 1 || readSeq >= lastSeq || !hasOlder;
}

/** Notes how far somebody else has got; neither pointer goes back. */
export function reach(state: ConversationState, userId: string, { delivered, read }: Progress): ConversationState {
  const known = state.receipts[userId] ?? { delivered: 0, read: 0 };
  if (known.delivered >= delivered && known.read >= read) return state;
  const progress = { delivered: Math.max(known.delivered, delivered), read: Math.max(known.read, read) };
  return { ...state, receipts: { ...state.receipts, [userId]: progress } };
}

export function setTyping(state: ConversationState, userId: string, typing: boolean): ConversationState {
  if (state.typing.includes(userId) === typing) return state;
  const others = state.typing.filter((other) => other !== userId);
  return { ...state, typing: typing ? [...others, userId] : others };
}

/** The latest sign of life, for sorting. */
export function activity(state: ConversationState): string {
  return state.lastMessage?.sentAt ?? state.createdAt;
}

function closeGap(state: ConversationState, me: string): ConversationState {
  const [event, ...ahead] = state.ahead;
  if (event?.seq !== state.lastSeq + 1) return state;
  return closeGap(advance({ ...state, ahead }, event, me, 'public'), me);
}

function advance(state: ConversationState, event: Change, me: string, source: Source): ConversationState {
  const shown = show(state, event, me, source);
  if (event.seq <= state.lastSeq) return shown;
  const next = { ...shown, lastSeq: event.seq };
  switch (event.type) {
    case 'message': {
      const { senderId, seq } = event.message;
      if (senderId === me) return { ...next, readSeq: Math.max(state.readSeq, seq), unread: 0 };
      const unread = state.unread + (seq > state.readSeq ? 1 : 0);
      return reach({ ...setTyping(next, senderId, false), unread }, senderId, { delivered: seq, read: seq });
    }
    case 'reacted':
      return source === 'public' ? mark(next, event, me) : next;
    case 'member':
    case 'conversation':
      if (event.seq <= state.describedSeq) return next;
      return { ...(event.type === 'member' ? withMember(next, event) : changed(next, event)), describedSeq: event.seq };
    default:
      return next;
  }
}

function withMember(state: ConversationState, { change, userId, role, seq }: MemberChange): ConversationState {
  // They left before, with an event of its own.
  if (change === 'erased') return state;
  // The server describes the new one; they begin with what comes after them.
  if (change === 'added') return reach(state, userId, { delivered: seq, read: seq });
  if (change === 'role') {
    const members = state.members.map((one) => (one.userId === userId && role ? { ...one, role } : one));
    return { ...state, members };
  }
  const { [userId]: _, ...receipts } = state.receipts;
  const members = state.members.filter((member) => member.userId !== userId);
  return { ...setTyping(state, userId, false), members, receipts, memberCount: state.memberCount - 1 };
}

function changed(state: ConversationState, event: Extract<Change, { type: 'conversation' }>): ConversationState {
  const { name = state.name, avatarUrl = state.avatarUrl, history = state.history } = event;
  return withAccess({ ...state, name, avatarUrl }, history);
}

/** Where older messages come into reach, they can be loaded; where they go out of it, the rest is fetched anew. */
function withAccess(state: ConversationState, history: Conversation['history']): ConversationState {
  if (history === state.history) return state;
  const open = { ...state, history, hasOlder: true };
  return history === 'all' ? open : { ...open, messages: [], start: {}, loaded: false };
}

/** Counts the unread from the messages. Where they don't reach back to the read pointer the number stays, until the next sync. */
function recount(state: ConversationState, me: string): ConversationState {
  return isCountable(state) ? { ...state, unread: unreadAfter(state, me) } : state;
}

function unreadAfter({ messages, readSeq, lastSeq }: ConversationState, me: string): number {
  return messages.filter(({ seq, senderId }) => seq > readSeq && seq <= lastSeq && senderId !== me).length;
}
