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

test('In little room a large number is a round one, as the language writes it', async () => {
  vi.stubGlobal('navigator', { languages: ['en-US'] });
  const { shortCount } = await import('#web/words/locale.ts');
  expect([3, 999, 1_234, 10_000, 123_456].map(shortCount)).toEqual(['3', '999', '1.2K', '10K', '123K']);
  vi.resetModules();
  vi.stubGlobal('navigator', { languages: ['fr'] });
  expect((await import('#web/words/locale.ts')).shortCount(10_000)).toMatch(/^10\sk$/);
});
