import { texts } from './texts.ts';

/** A recording in a message. */
export const words = texts('voiceMessage', {
  play: 'Play the voice message',
  pause: 'Pause',
  position: 'Position in the voice message',
  of: (now: string, whole: string) => `${now} of ${whole}`,
});
