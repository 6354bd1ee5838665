/** The state of the signed-in person's chat as signals: one for each conversation and each person, so that a change renders what it is about. */
import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Chat, ConnectionState, ConversationState, Outgoing } from '#client/index.ts';
import type { Invitation } from '#protocol/invitations.ts';
import type { Presence } from '#protocol/presence.ts';
import { oncePerFrame } from '#web/ui/frames.ts';

export const connection = signal<ConnectionState>('idle');
export const conversationsLoaded = signal(false);
/** The ids of all conversations, latest activity first. */
export const conversationIds = signal<readonly string[]>([]);
export const invitations = signal<readonly Invitation[]>([]);
export const outgoing = signal<readonly Outgoing[]>([]);
/** The number of unread messages, without muted conversations. */
export const unreadTotal = signal(0);
/** The ids of the conversations with unread messages, joined: a string is equal as long as its content is, an array isn't. */
export const unreadIds = signal('');

const states = new Map<string, Signal<ConversationState>>();
const presences = new Map<string, Signal<Presence | undefined>>();
let followed: Chat | undefined;

/** The signal of a conversation. It keeps the last state when the person isn't a member any more. Undefined if they aren't one. */
export function conversationSignal(id: string): ReadonlySignal<ConversationState> | undefined {
  return conversationIds.value.includes(id) ? states.get(id) : undefined;
}

export function conversationOf(id: string): ConversationState | undefined {
  return conversationSignal(id)?.value;
}

/** The direct conversations, latest activity first. They are compared by their ids, since members of those never change. */
export const directIds = computed(() => conversationIds.value.filter((id) => states.get(id)?.peek().type === 'direct'));

/** A user's presence, if the chat is subscribed to it. */
export function presenceOf(userId: string): Presence | undefined {
  const known = presences.get(userId) ?? signal(followed?.presence.get(userId));
  presences.set(userId, known);
  return known.value;
}

/** Nobody knows who is online while the device has no network, nor then until the server has answered anew. */
export function renewPresence(isOnline: boolean): void {
  if (isOnline) followed?.presence.resubscribe();
  else followed?.presence.forget();
}

/** From now on the signals have the state of this chat. Its changes are gathered for a frame. */
export function followChat(chat: Chat): void {
  followed = chat;
  states.clear();
  presences.clear();
  const update = () => {
    if (followed === chat) batch(() => takeOver(chat));
  };
  chat.on('change', oncePerFrame(update));
  update();
}

function takeOver(chat: Chat): void {
  const all = chat.conversations.all;
  const ids = all.map(({ id }) => id);
  const unread = all.filter((conversation) => conversation.unread > 0);
  for (const conversation of all) {
    const known = states.get(conversation.id);
    if (known) known.value = conversation;
    else states.set(conversation.id, signal(conversation));
  }
  if (ids.join() !== conversationIds.peek().join()) conversationIds.value = ids;
  connection.value = chat.connection;
  conversationsLoaded.value = chat.conversations.loaded;
  invitations.value = chat.invitations.all;
  if (!isSame(chat.outbox.entries, outgoing.peek())) outgoing.value = chat.outbox.entries;
  unreadTotal.value = unread.reduce((sum, { unread: count, muted }) => sum + (muted ? 0 : count), 0);
  unreadIds.value = unread
    .map(({ id }) => id)
    .sort()
    .join(' ');
  for (const [userId, presence] of presences) presence.value = chat.presence.get(userId);
}

function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((one, i) => one === b[i]);
}

/** The id of the direct conversation with somebody, if there is one. */
export function directWith(userId: string): string | undefined {
  return directIds.value.find((id) =>
    states
      .get(id)
      ?.peek()
      .members.some((member) => member.userId === userId),
  );
}
