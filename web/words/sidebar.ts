import type { ComponentChildren } from 'preact';
import { texts } from './texts.ts';

/** The list of conversations, and what stands above it. */
export const words = texts('sidebar', {
  conversations: 'Conversations',
  chats: 'Chats',
  search: 'Search all messages',
  searchField: 'Search',
  add: 'New conversation',
  loading: 'Loading…',
  empty: 'Nobody here yet.',
  start: 'Start a conversation',
  settings: 'Settings',
  logOut: 'Log out',
  online: 'online',
  muted: 'muted',
  unread: 'unread',
  typing: 'typing…',
  someTyping: (who: ComponentChildren): ComponentChildren => [who, ' typing…'],
  noMessages: 'No messages yet',
  from: (who: ComponentChildren, text: ComponentChildren): ComponentChildren => [who, ': ', text],
  you: 'You',
  draft: 'Draft',
});
