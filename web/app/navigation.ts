import { signal } from '@preact/signals';

const idInAddress = () => /^#\/([0-9a-f-]{36})$/.exec(location.hash)?.[1];

/** The id of the open conversation. It is the hash of the page's address, so that the browser's back button works. */
export const openConversationId = signal(idInAddress());

/** A message to scroll to. The message list of its conversation does so and clears the signal. */
export const scrollTarget = signal<{ readonly conversationId: string; readonly seq: number } | undefined>(undefined);

/** The message from which the person went to another one of the same conversation. */
export const cameFrom = signal<typeof scrollTarget.value>(undefined);

const nameInAddress = () => /^#\/@([\w.-]{3,32})$/.exec(location.hash)?.[1];

/** The username in the address of the page: somebody followed a person's link. It is still there after they have logged in. */
export const linkedUsername = signal(nameInAddress());

addEventListener('hashchange', () => {
  openConversationId.value = idInAddress();
  linkedUsername.value = nameInAddress();
});

export function hrefOf(conversationId: string): string {
  return `#/${conversationId}`;
}

export function openConversation(conversationId: string): void {
  location.hash = hrefOf(conversationId);
}

/**
 * Opens the conversation, if it isn't open, and scrolls to the message with this `seq`.
 * @param from the `seq` of the message that led there, to which the person can return
 */
export function goToMessage(conversationId: string, seq: number, from?: number): void {
  cameFrom.value = from === undefined ? undefined : { conversationId, seq: from };
  scrollTarget.value = { conversationId, seq };
  openConversation(conversationId);
}

export function closeConversation(): void {
  location.hash = '';
}
