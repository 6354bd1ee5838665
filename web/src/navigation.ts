import { signal } from '@preact/signals';

const current = () => /^#\/([0-9a-f-]{36})$/.exec(location.hash)?.[1];

/** The open conversation's id: it is in the address, so the browser's back button works. */
export const openId = signal(current());

addEventListener('hashchange', () => {
  openId.value = current();
});

export function addressOf(conversationId: string): string {
  return `#/${conversationId}`;
}

export function openConversation(conversationId: string): void {
  location.hash = addressOf(conversationId);
}

export function closeConversation(): void {
  location.hash = '';
}
