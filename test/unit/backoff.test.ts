import { expect, test } from 'vitest';
import { fullJitter } from '#core/backoff.ts';

const backoff = { first: 20, longest: 100 };

test('the longest wait doubles with every try, up to a limit', () => {
  expect([1, 2, 3, 4, 50].map((tries) => fullJitter(() => 1, backoff, tries))).toEqual([20, 40, 80, 100, 100]);
});

test('a wait may be anything between none and the longest', () => {
  expect([0, 0.25, 0.5].map((random) => fullJitter(() => random, backoff, 2))).toEqual([0, 10, 20]);
});
