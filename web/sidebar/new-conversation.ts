import { signal } from '@preact/signals';

/** Whether the dialog for a new conversation is open. */
export const isNewConversationOpen = signal(false);

export function openNewConversation(): void {
  isNewConversationOpen.value = true;
}
