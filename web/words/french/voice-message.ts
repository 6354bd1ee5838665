import type { words as english } from '#web/words/voice-message.ts';

export const words: typeof english = {
  play: 'Écouter le message vocal',
  pause: 'Pause',
  position: 'Position dans le message vocal',
  of: (now, whole) => `${now} sur ${whole}`,
};
