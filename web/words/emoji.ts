import { texts } from './texts.ts';

/** The choice of emoji. */
export const words = texts('emoji', {
  title: 'Emoji',
  search: 'Search emoji',
  nothing: 'No emoji has this name.',
  recent: 'Used last',
  groups: [
    'Smileys',
    'People',
    'Animals and nature',
    'Food and drink',
    'Travel and places',
    'Activities',
    'Objects',
    'Symbols',
    'Flags',
  ],
  tone: 'Skin tone',
  tones: ['No skin tone', 'Light', 'Medium-light', 'Medium', 'Medium-dark', 'Dark'],
});
