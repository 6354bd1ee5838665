import { language } from './locale.ts';

type Translation = typeof import('./french/index.ts');

let translation: Translation | undefined;
const sections: [name: keyof Translation, words: object][] = [];

/**
 * Declares the texts of a part of the page. They are English until the translation is loaded, and then replaced by it: so they are read
 * while the page is rendered, and not before.
 */
export function texts<T extends object>(name: keyof Translation, english: T): T {
  sections.push([name, english]);
  return Object.assign(english, translation?.[name]);
}

/** Loads the texts of another language than English, if the person wants one. English is in the page's code. */
export async function loadTranslation(): Promise<void> {
  document.documentElement.lang = language;
  if (language === 'en') return;
  translation = await import('./french/index.ts');
  for (const [name, words] of sections) Object.assign(words, translation[name]);
}
