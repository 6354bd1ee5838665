import { v7 as uuidv7 } from 'uuid';
import { expect, test } from 'vitest';
import type { Change } from '#core/conversations/change.ts';
import { lookBack } from '#core/messages/look-back.ts';

const now = Date.UTC(2031, 5);
const hour = 3_600_000;
const idAt = (msecs: number) => uuidv7({ msecs });

/** The `seq`s that are read for an id, up to `from`, in a conversation with a message an hour, of which the last is at `now`. */
async function readFor(clientId: string, from: number, newest = 1_000): Promise<number[]> {
  const seqs: number[] = [];
  const read = async (first: number, last: number): Promise<Change[]> =>
    Array.from({ length: last - first + 1 }, (_, i) => {
      const seq = first + i;
      const sentAt = now - (newest - seq) * hour;
      return {
        type: 'message',
        conversationId: 'c',
        seq,
        n: seq,
        senderId: 's',
        clientId: 'i',
        text: '',
        replyTo: null,
        sentAt,
      };
    });
  for await (const changes of lookBack(clientId, from, read)) seqs.push(...changes.map(({ seq }) => seq));
  return seqs.sort((a, b) => a - b);
}

test('a message that was just written is looked for a day back', async () => {
  const seqs = await readFor(idAt(now), 1_000);
  expect(seqs.at(-1)).toBe(1_000);
  expect(seqs[0]).toBeLessThanOrEqual(1_000 - 25);
  expect(seqs.length).toBe(200);
});

test('one that was written weeks ago is looked for as far as that, page by page, each once', async () => {
  const seqs = await readFor(idAt(now - 500 * hour), 1_000);
  expect(seqs[0]).toBeLessThanOrEqual(1_000 - 525);
  expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, i) => 1_001 - seqs.length + i));
});

test('one that is older than the conversation is looked for up to its beginning', async () => {
  expect(await readFor(idAt(now - 9_000 * hour), 1_000)).toHaveLength(1_000);
  expect(await readFor(idAt(0), 7)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(await readFor(idAt(now), 0)).toEqual([]);
});

test('an id without a time is looked for no further', async () => {
  expect(await readFor('9f86d081-884c-4d63-a12b-1d1c1c1c1c1c', 1_000)).toEqual([]);
});

test('a page without messages says nothing about the time, so the next is read', async () => {
  const pages: [number, number][] = [];
  const read = async (first: number, last: number): Promise<Change[]> => {
    pages.push([first, last]);
    return [{ type: 'void', conversationId: 'c', seq: last, n: last }];
  };
  for await (const _ of lookBack(idAt(now), 450, read));
  expect(pages).toEqual([
    [251, 450],
    [51, 250],
    [1, 50],
  ]);
});
