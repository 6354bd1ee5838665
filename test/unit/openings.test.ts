import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** An update of what a summary has of a conversation: its numbers, its voids, and the read pointer of a member. */
const changesSummarized = /\bseq = (?:seq \+ )?\$\{|\bADD voids\b|\bq = \$\{seq\}|\blastActivityAt = \$\{/;

test('whatever updates the numbers, voids or read pointers of a conversation knows of openings', () => {
  const files = globSync('adapters/dynamo/**/*.ts').filter((file) => {
    const text = readFileSync(file, 'utf8');
    return /keys\.(?:head|member)\(/.test(text) && /expression`(?:SET|ADD)/.test(text) && changesSummarized.test(text);
  });
  expect(files.length).toBeGreaterThanOrEqual(5);
  for (const file of files) expect(readFileSync(file, 'utf8'), file).toContain("from './openings.ts'");
});
