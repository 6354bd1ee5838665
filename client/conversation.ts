import type { Conversation } from 'storm-chat-protocol/conversations';
import type { ConversationEvent, Event, SyncedConversation } from 'storm-chat-protocol/events';
import type { History } from 'storm-chat-protocol/history';
import type { Receipt } from 'storm-chat-protocol/receipts';
import { type Message, newer, type Source } from './messages.ts';
import { mark, put, putChange, show } from './timeline.ts';

/** A change of a conversation: an event of the server, or an own message that the server acknowledged. */
export type Change =
  | Exclude<ConversationEvent, { type: 'message' }>
  | { readonly type: 'message'; readonly conversationId: string; readonly seq: number; readonly message: Message };

/** Everything that comes to a client by push: events of the server, and changes that another tab of the person made. */
export type Push = Change | Exclude<Event, ConversationEvent>;

export type MemberChange = Extract<Change, { type: 'member' }>;

/** What happened to the members of a group, or to its name, picture or history access. */
export type Description = Extract<Change, { type: 'member' | 'conversation' }>;

/** Up to which `seq`, inclusive, somebody has received and read a conversation. */
export type Progress = Omit<Receipt, 'userId'>;

/**
 * The client's state of a conversation. It is immutable: every change makes a new object. `lastSeq` is the cursor: the state has
 * every change up to it, and `messages` has no gap between its first message and the cursor.
 */
export interface ConversationState extends Omit<Conversation, 'lastMessage'> {
  readonly lastMessage: Message | null;
  readonly messages: readonly Message[];
  /**
   * What happened to the group and its members among `messages`, in ascending order of `seq`, to be shown between them. Some of it may be
   * missing: long runs, and what happened while this client was far behind.
   */
  readonly changes: readonly Description[];
  /** A new object whenever `messages` is emptied and loaded anew, which a page can tell by it. */
  readonly start: object;
  /** Whether the newest page of history was loaded. */
  readonly loaded: boolean;
  /** Whether there may be history before the first of `messages`. */
  readonly hasOlder: boolean;
  /** The receipts of other members by user id, as far as they are known. */
  readonly receipts: Readonly<Record<string, Progress>>;
  /** The ids of other members who are typing. */
  readonly typing: readonly string[];
  /** Events after a gap, in ascending order of `seq`. The cursor moves over them when the gap is filled. */
  readonly ahead: readonly Change[];
  /** Name, avatar, members and `history` are those of this `seq`, which may be ahead of the cursor. */
  readonly describedSeq: number;
}

/** The state of a conversation of which nothing is loaded but its description. */
export function begin(conversation: Conversation, me: string): ConversationState {
  const { lastMessage, lastSeq } = conversation;
  return {
    ...conversation,
    lastMessage: lastMessage && newer(undefined, lastMessage, 'personal', me),
    messages: [],
    changes: [],
    start: {},
    loaded: false,
    hasOlder: true,
    receipts: {},
    typing: [],
    ahead: [],
    describedSeq: lastSeq,
  };
}

/**
 * Applies an event. The order of events and repeated events make no difference to the result. `me` is the signed-in person's
 * id.
 */
export function apply(state: ConversationState, event: Change, me: string): ConversationState {
  // The messages change at once, even if there is a gap before the event. The cursor waits until the gap is filled.
  const shown = show(state, event, me);
  if (event.seq <= state.lastSeq || state.ahead.some(({ seq }) => seq === event.seq)) return shown;
  const ahead = [...state.ahead, event].sort((a, b) => a.seq - b.seq);
  return closeGap({ ...shown, ahead }, me);
}

/** Applies the answer of `/sync` for the cursor of this conversation. */
export function applySync(state: ConversationState, synced: SyncedConversation, me: string): ConversationState {
  if (synced.epoch !== state.epoch) return restored(state, synced, me);
  // The answer is older than what live events have brought since: only its counts are of use.
  const { muted } = synced;
  if (synced.lastSeq < state.lastSeq) return withUnread({ ...state, muted }, synced, me);
  const anew = beginsAnew(state, synced) && { messages: [], changes: [], start: {}, loaded: true, hasOlder: true };
  const start = { ...state, muted, ...anew };
  // A `seq` that is missing between the events was never used.
  let next = synced.events.reduce((current, event) => advance(current, event, me, 'personal'), start);
  if (!synced.more) next = withUnread({ ...next, lastSeq: synced.lastSeq }, synced, me);
  return closeGap({ ...next, ahead: next.ahead.filter(({ seq }) => seq > next.lastSeq) }, me);
}

/**
 * Begins again with the newest page of another epoch: the server was restored to an earlier state, so no number of before means
 * anything. An answer that doesn't have that page yet changes nothing.
 */
function restored(state: ConversationState, synced: SyncedConversation, me: string): ConversationState {
  if (!synced.resync) return state;
  const { epoch } = synced;
  const nothing = { lastSeq: 0, readSeq: 0, unread: 0, lastMessage: null, receipts: {}, typing: [], ahead: [] };
  return applySync({ ...state, ...nothing, messages: [], changes: [], start: {}, epoch, describedSeq: 0 }, synced, me);
}

/**
 * Whether an answer of `/sync` doesn't continue what is known. For a cursor of 0 the server doesn't set `resync` if the person left and
 * came back, although they can't see the first changes any more.
 */
export function beginsAnew(state: ConversationState, { resync, lastSeq, events }: SyncedConversation): boolean {
  return resync === true || (state.lastSeq === 0 && lastSeq > 0 && events[0]?.seq !== 1);
}

/** Takes over the server's unread count, and adds the messages that came after the answer was made. */
function withUnread(state: ConversationState, synced: SyncedConversation, me: string): ConversationState {
  // If the own read pointer is ahead of the server's, its receipt is still on its way, and the server's count is outdated.
  if (synced.more || synced.readSeq < state.readSeq) return recount(state, me);
  const { readSeq } = synced;
  const since = unreadAfter({ ...state, readSeq: Math.max(readSeq, synced.lastSeq) }, me);
  return { ...state, readSeq, unread: synced.unread + since };
}

/**
 * Takes over a description, which has what events lack, such as when members joined. Undefined if it is older than the state, or of
 * another epoch.
 */
export function describe(
  state: ConversationState,
  { history, lastSeq, readSeq: _, unread: __, lastMessage: ___, ...description }: Conversation,
): ConversationState | undefined {
  if (lastSeq < state.describedSeq || description.epoch !== state.epoch) return undefined;
  return withAccess({ ...state, ...description, describedSeq: lastSeq }, history);
}

/** Adds a page of history: the newest one, or the one before the first message. */
export function addHistory(state: ConversationState, page: History, me: string): ConversationState {
  const first = state.messages[0]?.seq ?? Number.POSITIVE_INFINITY;
  const reachesBack = !state.loaded || (page.messages[0]?.seq ?? 0) < first;
  const hasOlder = reachesBack ? page.hasMore : state.hasOlder;
  const changed = (page.changes ?? []).reduce(putChange, put(state, page.messages, 'personal', me));
  return { ...changed, loaded: true, hasOlder };
}

/** Keeps only the newest messages. Those before them can be loaded again. */
export function keepNewest(state: ConversationState, count: number): ConversationState {
  if (state.messages.length <= count) return state;
  const messages = state.messages.slice(-count);
  const first = messages[0]?.seq ?? 0;
  return { ...state, messages, changes: state.changes.filter(({ seq }) => seq > first), hasOlder: true };
}

/** Moves the own read pointer forward; it never moves back. */
export function read(state: ConversationState, seq: number, me: string): ConversationState {
  return seq <= state.readSeq ? state : recount({ ...state, readSeq: seq }, me);
}

/** Whether the loaded messages suffice to count `unread`. If not, only the server knows the number. */
export function isCountable({ messages, readSeq, lastSeq, hasOlder }: ConversationState): boolean {
  const first = messages[0]?.seq ?? Number.POSITIVE_INFINITY;
  return first <= readSeq + 1 || readSeq >= lastSeq || !hasOlder;
}

/** Moves the receipts of another member forward; they never move back. */
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

/** The time of the latest activity, by which conversations are sorted. */
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
    case 'edited':
    case 'deleted':
      return next;
    case 'member':
    case 'conversation':
      if (event.seq <= state.describedSeq) return next;
      return { ...(event.type === 'member' ? withMember(next, event) : changed(next, event)), describedSeq: event.seq };
    default:
      // A type that only a newer server knows: the cursor moves, nothing else.
      event satisfies never;
      return next;
  }
}

function withMember(state: ConversationState, { change, userId, role, seq }: MemberChange): ConversationState {
  switch (change) {
    case 'added':
      // The server describes the new one; they begin with what comes after them.
      return reach(state, userId, { delivered: seq, read: seq });
    case 'role': {
      const members = state.members.map((one) => (one.userId === userId && role ? { ...one, role } : one));
      return { ...state, members };
    }
    case 'removed':
    case 'left': {
      const { [userId]: _, ...receipts } = state.receipts;
      const members = state.members.filter((member) => member.userId !== userId);
      return { ...setTyping(state, userId, false), members, receipts, memberCount: state.memberCount - 1 };
    }
    case 'erased':
      // They left before, with an event of its own.
      return state;
    default:
      change satisfies never;
      return state;
  }
}

function changed(state: ConversationState, event: Extract<Change, { type: 'conversation' }>): ConversationState {
  const { name = state.name, avatarUrl = state.avatarUrl, history = state.history } = event;
  return withAccess({ ...state, name, avatarUrl }, history);
}

/** Changes the access to history. With `all`, older messages can be loaded; with `joined`, the messages are loaded anew. */
function withAccess(state: ConversationState, history: Conversation['history']): ConversationState {
  if (history === state.history) return state;
  const open = { ...state, history, hasOlder: true };
  return history === 'all' ? open : { ...open, messages: [], changes: [], start: {}, loaded: false };
}

/**
 * Counts `unread` from the loaded messages. If they don't reach back to the read pointer, the number stays until the next sync.
 */
function recount(state: ConversationState, me: string): ConversationState {
  return isCountable(state) ? { ...state, unread: unreadAfter(state, me) } : state;
}

function unreadAfter({ messages, readSeq, lastSeq }: ConversationState, me: string): number {
  return messages.filter(({ seq, senderId }) => seq > readSeq && seq <= lastSeq && senderId !== me).length;
}
