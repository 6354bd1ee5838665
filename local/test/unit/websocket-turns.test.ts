import { expect, test } from 'vitest';
import { PER_SOCKET, Turns } from '../../websocket-api/turns.ts';

/** A socket, whose messages are handled until the test ends them. */
function sender(turns: Turns, started: string[], name: string) {
  const ends: (() => void)[] = [];
  const calls: string[] = [];
  const socket = { pause: () => void calls.push('pause'), resume: () => void calls.push('resume') };
  return {
    calls,
    send(count: number) {
      for (let i = 0; i < count; i++)
        void turns.take(socket, () => {
          started.push(name);
          return new Promise<void>((resolve) => void ends.push(resolve));
        });
    },
    async end(count: number) {
      for (const end of ends.splice(0, count)) end();
      await settled();
    },
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const countOf = (started: readonly string[], name: string) => started.filter((one) => one === name).length;

test('a socket has so many messages handled at once, and the next when one of them is done', async () => {
  const started: string[] = [];
  const ann = sender(new Turns(), started, 'ann');
  ann.send(PER_SOCKET + 10);
  await settled();
  expect(started).toHaveLength(PER_SOCKET);
  await ann.end(3);
  expect(started).toHaveLength(PER_SOCKET + 3);
});

test('however many wait on one socket, another’s message is handled at once', async () => {
  const [turns, started] = [new Turns(), [] as string[]];
  sender(turns, started, 'ann').send(1_500);
  sender(turns, started, 'ben').send(1);
  await settled();
  expect(countOf(started, 'ben')).toBe(1);
});

test('where all turns are taken, sockets get the next ones in turn', async () => {
  const [turns, started] = [new Turns(), [] as string[]];
  const crowd = Array.from({ length: 20 }, (_, i) => sender(turns, started, `one of the crowd ${i}`));
  for (const one of crowd) one.send(PER_SOCKET + 5);
  await settled();
  expect(started).toHaveLength(20 * PER_SOCKET);
  const late = [sender(turns, started, 'ann'), sender(turns, started, 'ben')];
  for (const one of late) one.send(10);
  for (const one of crowd) await one.end(2);
  const next = started.slice(20 * PER_SOCKET);
  expect(next).toHaveLength(40);
  for (const name of ['ann', 'ben']) expect(countOf(next, name)).toBeGreaterThanOrEqual(1);
  for (let i = 0; i < 20; i++) expect(countOf(next, `one of the crowd ${i}`)).toBeLessThanOrEqual(3);
});

test('a socket from which very many wait is not read for a while', async () => {
  const ann = sender(new Turns(), [], 'ann');
  ann.send(1_000);
  await settled();
  expect(ann.calls).toEqual(['pause']);
  while (ann.calls.length < 2) await ann.end(PER_SOCKET);
  expect(ann.calls).toEqual(['pause', 'resume']);
});
