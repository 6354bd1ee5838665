import { texts } from './texts.ts';

/** The recording of a voice message. */
export const words = texts('recording', {
  voiceMessage: 'Voice message',
  recording: 'Recording',
  discardRecording: 'Discard the recording',
  endRecording: 'End the recording',
  noMicrophone: 'The microphone can’t be used. Allow it in the settings of your browser, and try again.',
});
