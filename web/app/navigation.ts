import { signal } from '@preact/signals';

const idInAddress = () => /^#\/([0-9a-f-]{36})$/.exec(location.hash)?.[1];

/** The id of the open conversation. It is the hash of the page's address, so that the browser's back button works. */
export const openConversationId = signal(idInAddress());

/** A message to scroll to. The message list of its conversation does so and clears the signal. */
export const scrollTarget = signal<{ readonly conversationId: string; readonly seq: number } | undefined>(undefined);

addEventListener('hashchange', () => {
  openConversationId.value = idInAddress();
});

export function hrefOf(conversationId: string): string {
  return `#/${conversationId}`;
}

export function openConversation(conversationId: string): void {
  location.hash = hrefOf(conversationId);
}

/** Opens the conversation, if it isn't open, and scrolls to the message with this `seq`. */
export function goToMessage(conversationId: string, seq: number): void {
  scrollTarget.value = { conversationId, seq };
  openConversation(conversationId);
}

export function closeConversation(): void {
  location.hash = '';
}
