import type { Change, ConversationState, Description, MemberChange } from './conversation.ts';
import { type Message, newer, type Source, stateSeq, withOwn } from './messages.ts';

/**
 * Applies an event to the messages, without moving the cursor. Old and repeated events do no harm, because only the newest state of
 * each message is kept.
 */
export function show(
  state: ConversationState,
  event: Change,
  me: string,
  source: Source = 'public',
): ConversationState {
  switch (event.type) {
    case 'message':
      // A message from before the first loaded one isn't added: there would be a gap after it.
      return event.seq > state.lastSeq || find(state, event.seq) ? put(state, [event.message], source, me) : state;
    case 'member':
    case 'conversation': {
      // As with messages: what is further back comes with its page.
      const next = event.seq > state.lastSeq ? putChange(state, event) : state;
      return event.type === 'member' && event.change === 'erased' ? blank(next, event) : next;
    }
    default:
      // Also a type that only a newer server knows.
      if ('target' in event) return revised(state, event, me, source);
      event satisfies never;
      return state;
  }
}

/** Shows the message that a revision is about as it is now. */
function revised(
  state: ConversationState,
  event: Extract<Change, { target: number }>,
  me: string,
  source: Source,
): ConversationState {
  if (!event.message || !find(state, event.target)) return state;
  const next = put(state, [event.message], source, me);
  return source === 'public' && event.seq >= stateSeq(find(next, event.target)) ? mark(next, event, me) : next;
}

/** Marks on a message that the person added or removed a reaction. */
export function mark(state: ConversationState, event: Change, me: string): ConversationState {
  if (event.type !== 'reacted' || event.by !== me) return state;
  return update(
    state,
    ({ seq }) => seq === event.target,
    (message) => withOwn(message, event.emoji, !event.removed),
  );
}

/** Deletes the messages of a person who deleted their account. */
function blank(state: ConversationState, { userId, seq: last, at }: MemberChange): ConversationState {
  const isTheirs = ({ senderId, seq, deletedAt }: Message) => senderId === userId && seq <= last && !deletedAt;
  return update(state, isTheirs, ({ editedAt: _, reactions: __, ...rest }) => {
    const empty = { ...rest, text: '', media: [] };
    return at === undefined ? empty : { ...empty, deletedAt: at };
  });
}

function find({ messages, lastMessage }: ConversationState, seq: number): Message | undefined {
  return messages.find((message) => message.seq === seq) ?? (lastMessage?.seq === seq ? lastMessage : undefined);
}

function update(
  state: ConversationState,
  concerns: (message: Message) => boolean,
  change: (message: Message) => Message,
): ConversationState {
  const changed = (message: Message) => (concerns(message) ? change(message) : message);
  const { messages, lastMessage } = state;
  return { ...state, messages: messages.map(changed), lastMessage: lastMessage && changed(lastMessage) };
}

/** How many changes of a group and its members are kept beside its messages: thousands of people may come and go between two of these. */
const keptChanges = 500;

/** Adds a change of the group or its members in order of `seq`, unless it is there. */
export function putChange(state: ConversationState, change: Description): ConversationState {
  if (state.changes.some(({ seq }) => seq === change.seq)) return state;
  return { ...state, changes: [...state.changes, change].sort((a, b) => a.seq - b.seq).slice(-keptChanges) };
}

/** Adds messages in order of `seq`, or replaces them by newer states. */
export function put(
  state: ConversationState,
  added: readonly Message[],
  source: Source,
  me: string,
): ConversationState {
  const bySeq = new Map(state.messages.map((message) => [message.seq, message]));
  for (const message of added) {
    const known = find(state, message.seq);
    bySeq.set(message.seq, newer(known, message, source, me));
  }
  const messages = [...bySeq.values()].sort((a, b) => a.seq - b.seq);
  const last = messages.at(-1);
  const isLatest = last !== undefined && last.seq >= (state.lastMessage?.seq ?? 0);
  return { ...state, messages, lastMessage: isLatest ? last : state.lastMessage };
}
