import { storage } from '#web/session/storage.ts';

/** The languages of the page, by their tags, as they name themselves. */
export const languages = { en: 'English', fr: 'Français' };
type Language = keyof typeof languages;

/** A key of `localStorage`, which is there if the person has chosen a language. */
const key = 'storm:language';

/**
 * `fr` of `fr-CA`, if the page has that language. Chromium names the locale of some systems, such as `en-US@posix`, which is no
 * language tag: formats of it throw.
 */
function languageOf(tag: string): Language | undefined {
  if (/^en(-\w+)*$/.test(tag)) return 'en';
  return /^fr(-\w+)*$/.test(tag) ? 'fr' : undefined;
}

/** The language that the person chose, if they don't leave it to the browser. */
export const chosenLanguage = languageOf(storage.get(key) ?? '');

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

/**
 * Shows the page in another language. It is loaded anew: what isn't sent is kept as at any reload.
 * @param chosen undefined leaves it to the browser's settings
 */
export function chooseLanguage(chosen: Language | undefined): void {
  if (chosen) storage.set(key, chosen);
  else storage.remove(key);
  location.reload();
}
