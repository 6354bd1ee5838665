import { expect, test } from 'vitest';
import type { OpenConnection } from '#core/delivery/ports.ts';
import { isVisible, setVisibility } from '#core/push/visibility.ts';

const socket = { userId: 'ann', connectionId: 'one' };

function world(...connections: OpenConnection[]) {
  const written: boolean[] = [];
  return {
    written,
    statesOf: async () => [{ connections }],
    setHidden: async (_: unknown, hidden: boolean) => void written.push(hidden),
  };
}

test('a client is visible until it says otherwise, and only while its socket is open', async () => {
  expect(await isVisible(world(socket), socket, 0)).toBe(true);
  expect(await isVisible(world({ ...socket, hidden: true }), socket, 0)).toBe(false);
  expect(await isVisible(world({ userId: 'ann', connectionId: 'another' }), socket, 0)).toBe(false);
});

test('what is known of a client is not written again', async () => {
  const [seen, unseen, gone] = [world(socket), world({ ...socket, hidden: true }), world()];
  for (const store of [seen, unseen, gone])
    for (const visible of [true, false]) await setVisibility(store, socket, visible, 0);
  expect([seen.written, unseen.written, gone.written]).toEqual([[true], [false], []]);
});
