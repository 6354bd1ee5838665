import type { ComponentChildren } from 'preact';
import { texts } from './texts.ts';

/** The first steps of somebody new, and the link by which others find a person. */
export const words = texts('sharing', {
  conversations: 'Your conversations, in real time',
  choose: 'Choose one on the left, or start a new one.',
  welcome: (name: ComponentChildren): ComponentChildren => ['Welcome, ', name],
  firstStep: 'Find a friend, and write your first message.',
  find: 'Find a friend',
  orShare: 'Or send your link to somebody, or let them scan it. It leads to you.',
  copy: 'Copy the link',
  copied: 'Copied.',
  copyByHand: 'The browser doesn’t allow that. Mark the link, and copy it.',
  share: 'Share',
  qrCode: 'Your link as a QR code',
  nobody: 'Nobody has this username, or not any more.',
  write: (name: ComponentChildren): ComponentChildren => ['Write to ', name],
});
