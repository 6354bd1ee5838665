import { storage } from '#web/session/storage.ts';

/** The languages of the page, by their tags. */
export type Language = 'en' | 'fr';

/** A key of `localStorage`, which is there if the person has chosen a language. */
export const languageKey = 'storm:language';

/**
 * `fr` of `fr-CA`, if the page has that language. Chromium names the locale of some systems, such as `en-US@posix`, which is no
 * language tag: formats of it throw.
 */
function languageOf(tag: string): Language | undefined {
  if (/^en(-\w+)*$/.test(tag)) return 'en';
  return /^fr(-\w+)*$/.test(tag) ? 'fr' : undefined;
}

/** The language that the person chose, if they don't leave it to the browser. */
export const chosenLanguage = languageOf(storage.get(languageKey) ?? '');

/** For words, numbers and dates alike. A chosen language keeps the region that the browser has for it. */
export const locale: string =
  navigator.languages.find((tag) => {
    const known = languageOf(tag);
    return known !== undefined && known === (chosenLanguage ?? known);
  }) ??
  chosenLanguage ??
  'en-GB';
export const language: Language = languageOf(locale) ?? 'en';

const number = new Intl.NumberFormat(locale);
/** A number with the digits and separators of the locale. */
export const count = (value: number): string => number.format(value);

const short = new Intl.NumberFormat(locale, { notation: 'compact' });
/** A number in little room: `999`, `1.2K`, `10K`. */
export const shortCount = (value: number): string => short.format(value);
