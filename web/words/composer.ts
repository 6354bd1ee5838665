import type { ComponentChildren } from 'preact';
import { count } from './locale.ts';
import { texts } from './texts.ts';

/** The form in which messages are written. */
export const words = texts('composer', {
  to: (title: string) => `Message to ${title}`,
  newText: 'New text of the message',
  write: 'Write a message',
  emoji: 'Emoji',
  send: 'Send',
  save: 'Save',
  cancel: 'Cancel',
  edit: 'Edit your message',
  replyTo: (who: ComponentChildren): ComponentChildren => ['Reply to ', who],
  yourself: 'yourself',
  tooLong: (most: number, characters: number) =>
    `A message may have ${count(most)} characters. This one has ${count(characters)}.`,
  attach: 'Attach pictures, videos or recordings',
  filesToAttach: 'Files to attach',
  record: 'Record a voice message',
});
