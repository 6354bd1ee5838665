import { texts } from './texts.ts';

/** Notifications in this browser. */
export const words = texts('notifications', {
  on: 'Turn notifications on',
  off: 'Turn notifications off',
  denied: 'This browser doesn’t allow notifications of this page.',
  noService: 'This browser has no push service that can be reached.',
  from: (who: string, text: string) => `${who}: ${text}`,
});
