import { type Language, languages } from '#protocol/people.ts';

/** Longer headers than browsers send are cut. */
const longest = 200;

/**
 * Returns the first of our languages that a header `Accept-Language` names, English if there is none. Clients name the one that they
 * like best first, so their weights aren't looked at.
 */
export function languageOf(acceptLanguage = ''): Language {
  const tags = acceptLanguage.slice(0, longest).toLowerCase().split(',');
  const named = tags.map((tag) => languages.find((language) => tag.trim().split(/[-;]/)[0] === language));
  return named.find((language) => language !== undefined) ?? 'en';
}
