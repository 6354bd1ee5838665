import type { ComponentChildren } from 'preact';
import { texts } from './texts.ts';

/** The files of messages that aren't sent yet. */
export const words = texts('attachedFiles', {
  attachedFiles: 'Attached files',
  ready: 'Ready to send',
  cancelFile: (name: string) => `Cancel ${name}`,
  removeFile: (name: string) => `Remove ${name}`,
  uploading: (name: string) => `Uploading ${name}`,
  sending: 'Sending',
  waiting: 'Sent when the upload is done',
  drop: (title: ComponentChildren): ComponentChildren => ['Drop to send to ', title],
});
