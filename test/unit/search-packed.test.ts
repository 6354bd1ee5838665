import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Change } from '#core/conversations/change.ts';
import { find, pack } from '#core/search/packed.ts';
import { boundsOf, endsSegment, segmentOf, segmentSize } from '#core/search/segment.ts';
import { highlight, wordsOf } from '#core/search/tokens.ts';
import { texts } from '#test/helpers/texts.ts';

const message = (seq: number, text: string): Change => ({
  type: 'message',
  conversationId: 'c',
  seq,
  n: seq,
  senderId: 's',
  clientId: 'i',
  text,
  replyTo: null,
  sentAt: seq,
});

test('comparing what the index names finds what comparing every message finds', () => {
  fc.assert(
    fc.property(fc.array(texts, { maxLength: 40 }), texts, fc.nat(3), (said, query, segment) => {
      const words = wordsOf(query);
      if (words.length === 0) return;
      const { first } = boundsOf(segment);
      const packed = pack(
        segment,
        said.map((text, i) => message(first + i * 3, text)),
      );
      const matches = (text: string | undefined) => text !== undefined && highlight(text, words) !== undefined;
      const found = find(segment, packed, words).seqs.filter((seq) => matches(said[(seq - first) / 3]));
      const all = said.flatMap((text, i) => (matches(text) ? first + i * 3 : []));
      expect(found).toEqual(all.toReversed());
    }),
  );
});

test('it names the newest first, and nothing but what has all of the words', () => {
  const changes = Array.from({ length: segmentSize }, (_, i) => message(i + 1, `${i % 2 ? 'odd' : 'even'} n${i}n`));
  expect(find(0, pack(0, changes), wordsOf('n17 odd')).seqs).toEqual([180, 178, 176, 174, 172, 18]);
});

test('a change is in just one segment, of which the last one is known', () => {
  for (const seq of [1, 2, 255, 256, 257, 512, 513, 100_000]) {
    const { first, last } = boundsOf(segmentOf(seq));
    expect(first).toBeLessThanOrEqual(seq);
    expect(last).toBeGreaterThanOrEqual(seq);
    expect(endsSegment(seq)).toBe(seq === last);
  }
});
