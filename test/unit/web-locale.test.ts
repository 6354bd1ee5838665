import { afterEach, beforeEach, expect, test, vi } from 'vitest';

// Another file of this worker may have loaded the module.
beforeEach(() => void vi.resetModules());
afterEach(() => void vi.unstubAllGlobals());

test.each([
  [['fr-CA', 'en'], 'fr-CA', 'fr'],
  [['de-DE', 'en-US'], 'en-US', 'en'],
  [['en-US@posix'], 'en-GB', 'en'],
  [['en-US@posix', 'fr'], 'fr', 'fr'],
  [[], 'en-GB', 'en'],
])('A browser that prefers %j gets dates of %s and words of %s', async (languages, locale, language) => {
  vi.stubGlobal('navigator', { languages });
  const shown = await import('#web/words/locale.ts');
  expect([shown.locale, shown.language]).toEqual([locale, language]);
  expect(shown.count(1)).toBe('1');
});
