import { signal } from '@preact/signals';

const current = () => /^#\/([0-9a-f-]{36})$/.exec(location.hash)?.[1];

/** The open conversation's id: it is in the address, so the browser's back button works. */
export const openId = signal(current());

/** A message that the open conversation is to bring into sight. */
export const target = signal<{ readonly conversationId: string; readonly seq: number } | undefined>(undefined);

addEventListener('hashchange', () => {
  openId.value = current();
});

export function addressOf(conversationId: string): string {
  return `#/${conversationId}`;
}

export function openConversation(conversationId: string): void {
  location.hash = addressOf(conversationId);
}

/** Opens the conversation where it isn't, and scrolls to the message with this `seq`. */
export function goTo(conversationId: string, seq: number): void {
  target.value = { conversationId, seq };
  openConversation(conversationId);
}

export function closeConversation(): void {
  location.hash = '';
}
