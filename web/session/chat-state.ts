/** The state of the signed-in person's chat as signals, which are set after each of its changes. */
import { batch, computed, signal } from '@preact/signals';
import type { Chat, ConnectionState, ConversationState, Outgoing } from '#client/index.ts';
import type { Invitation } from '#protocol/invitations.ts';

export const connection = signal<ConnectionState>('idle');
export const conversationsLoaded = signal(false);
export const conversations = signal<readonly ConversationState[]>([]);
export const invitations = signal<readonly Invitation[]>([]);
export const outgoing = signal<readonly Outgoing[]>([]);
/** Counts the chat's changes. Components read it to follow what has no signal of its own. */
export const changes = signal(0);
/** The number of unread messages, without muted conversations. */
export const unreadTotal = computed(() =>
  conversations.value.reduce((sum, { unread, muted }) => sum + (muted ? 0 : unread), 0),
);

/** The ids of the conversations with unread messages, joined: a string is equal as long as its content is, an array isn't. */
export const unreadIds = computed(() =>
  conversations.value
    .filter(({ unread }) => unread > 0)
    .map(({ id }) => id)
    .sort()
    .join(' '),
);

/** From now on the signals have the state of this chat. */
export function followChat(chat: Chat): void {
  const update = () =>
    batch(() => {
      connection.value = chat.connection;
      conversationsLoaded.value = chat.conversations.loaded;
      conversations.value = chat.conversations.all;
      invitations.value = chat.invitations.all;
      outgoing.value = chat.outbox.entries;
      changes.value = changes.peek() + 1;
    });
  chat.on('change', update);
  update();
}
