/** What Arabic writes together with the word that follows: `و` (and), prepositions before an article, and the article. */
const before = [/^و(?=.{3})/su, /^[وف]?[بك](?=ال..)/su, /^[وف]?(?:[بك]?ال|لل)(?=..)/su];

/**
 * Where a folded word begins after its clitics: `كتاب` in `الكتاب`, `والكتاب`, `بالكتاب` and `للكتاب`. The prefixes,
 * and what must remain, are those of Lucene's ArabicStemmer, and two of them in a row.
 */
export function clitics(word: string): number[] {
  if (!/^[وفبكال]/u.test(word)) return [];
  return before.flatMap((prefix) => prefix.exec(word)?.[0].length ?? []);
}
