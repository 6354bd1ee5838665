import { language } from '#web/words/locale.ts';

export interface Emoji {
  readonly emoji: string;
  readonly name: string;
  /** The name and other words, by which it is found: lower case, without accents. */
  readonly words: string;
}

const load = { en: () => import('virtual:emoji/en'), fr: () => import('virtual:emoji/fr') };

let loaded: readonly (readonly Emoji[])[] | undefined;

/** All emoji in the order of Unicode, by groups. They are loaded at the first call. */
export async function emojiGroups(): Promise<readonly (readonly Emoji[])[]> {
  if (!loaded) {
    const { default: groups } = await load[language]();
    loaded = groups.map((lines) => lines.split('\n').map(parse));
  }
  return loaded;
}

function parse(line: string): Emoji {
  const [emoji = '', name = '', tags = ''] = line.split('\t');
  return { emoji, name, words: simplified(`${name} ${tags}`) };
}

/** The emoji that have words that begin with all the words of a search. */
export function findEmoji(groups: readonly (readonly Emoji[])[], search: string): Emoji[] {
  const wanted = simplified(search).split(/\s+/).filter(Boolean);
  return groups.flat().filter(({ words }) => wanted.every((word) => ` ${words}`.includes(` ${word}`)));
}

function simplified(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/[-’']/g, ' ');
}

/** The five skin tones, from light to dark. */
export const tones = ['🏻', '🏼', '🏽', '🏾', '🏿'];

/** An emoji of people in a skin tone; any other as it is. */
export function toned(emoji: string, tone: string): string {
  if (tone === '') return emoji;
  const changed = emoji.replace(/(\p{Emoji_Modifier_Base})\uFE0F?/gu, `$1${tone}`);
  return /^\p{RGI_Emoji}$/v.test(changed) ? changed : emoji;
}
