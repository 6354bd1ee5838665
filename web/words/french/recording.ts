import type { words as english } from '#web/words/recording.ts';

export const words: typeof english = {
  voiceMessage: 'Message vocal',
  recording: 'Enregistrement',
  discardRecording: 'Abandonner l’enregistrement',
  endRecording: 'Terminer l’enregistrement',
  noMicrophone:
    'Le microphone ne peut pas être utilisé. Autorisez-le dans les réglages de votre navigateur, puis réessayez.',
};
