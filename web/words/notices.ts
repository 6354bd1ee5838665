import type { ComponentChildren } from 'preact';
import { texts } from './texts.ts';

/** Notices above the field for messages. */
export const words = texts('notices', {
  gone: 'This account was deleted. You can read what was written, and nobody would get what you write.',
  blocked: (who: ComponentChildren): ComponentChildren => ['You have blocked ', who, ', who can’t write to you here.'],
  unblock: 'Unblock',
});
