const hues = 12;

/** The colour of a person or a group, by a hash of the whole id, as the custom property from which styles/tokens.css makes it. */
export function hueOf(id: string): { '--hue': string } {
  let hash = 0;
  for (const character of id) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) | 0;
  // 28 is a red; the accent of the page is among the twelve, and far enough from danger's.
  return { '--hue': `${28 + (360 / hues) * ((hash >>> 0) % hues)}` };
}
