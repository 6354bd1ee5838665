import { expect, test } from 'vitest';
import { block, blocksAmong } from '#core/people/blocks.ts';
import { limits } from '#protocol/limits.ts';

function blocking(count: number) {
  const blocked = Array.from({ length: count }, (_, i) => `person ${i}`);
  const store = {
    usersAmong: async (userIds: readonly string[]) => [...userIds],
    blockedBy: async () => blocked,
    noteBlocks: async () => undefined,
    journal: async () => undefined,
    block: async (_: string, userId: string) => void blocked.push(userId),
    unsubscribeFrom: async () => undefined,
  };
  return { store, blocked };
}

test('a person blocks up to 1 000 others, and those again', async () => {
  const { store, blocked } = blocking(limits.blockedUsers - 1);
  expect(await block(store, 'me', 'one more')).toEqual({ ok: {} });
  expect(await block(store, 'me', 'too many')).toMatchObject({ error: { code: 'conflict' } });
  expect(blocked).not.toContain('too many');
  expect(await block(store, 'me', 'one more')).toEqual({ ok: {} });
});

test('who has erased their account blocks nobody any more, and nobody blocks who has', async () => {
  const { store, blocked } = blocking(0);
  const without = (gone: string) => ({
    ...store,
    usersAmong: async (ids: readonly string[]) => ids.filter((id) => id !== gone),
  });
  expect(await block(without('me'), 'me', 'ben')).toMatchObject({ error: { code: 'unauthorized' } });
  expect(await block(without('ben'), 'me', 'ben')).toMatchObject({ error: { code: 'not_found' } });
  expect(blocked).toEqual([]);
});

test('a block keeps two people apart, whichever of them made it, and is looked for only with those who may have blocked', async () => {
  const asked: string[] = [];
  const blockedBy = async (by: string) => {
    asked.push(by);
    return by === 'ann' ? ['ben', 'somebody else'] : [];
  };
  const people = ['ann', 'ben', 'cara'].map((userId) => ({ userId, mayBlock: userId !== 'cara' }));
  const apart = await blocksAmong({ blockedBy }, people);
  expect(asked).toEqual(['ann', 'ben']);
  expect([apart('ann', 'ben'), apart('ben', 'ann'), apart('ann', 'cara'), apart('cara', 'ben')]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
