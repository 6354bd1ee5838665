import { expect, test } from 'vitest';
import { LruMap } from '#core/lru-map.ts';

const keysIn = (map: Pick<LruMap<string, unknown>, 'get'>, ...keys: string[]) =>
  keys.filter((key) => map.get(key) !== undefined);

test('the entry that was least recently set or got makes room for a new one', () => {
  const map = new LruMap<string, number>(3);
  for (const key of ['a', 'b', 'c']) map.set(key, 1);
  map.get('a');
  map.set('b', 2);
  map.set('d', 1);
  expect(keysIn(map, 'a', 'b', 'c', 'd')).toEqual(['a', 'b', 'd']);
  expect(map.get('b')).toBe(2);
});

test('sizes count, also where an entry is replaced by a larger one', () => {
  const map = new LruMap<string, string>(6, (text) => text.length);
  map.set('a', 'aa');
  map.set('b', 'bb');
  map.set('b', 'bbbb');
  expect([map.size, ...keysIn(map, 'a', 'b')]).toEqual([6, 'a', 'b']);
  map.set('c', 'ccc');
  expect([map.size, ...keysIn(map, 'a', 'b', 'c')]).toEqual([3, 'c']);
});

test('what is larger than the whole map isn’t kept', () => {
  const map = new LruMap<string, string>(3, (text) => text.length);
  map.set('a', 'aaaa');
  expect([map.size, map.get('a')]).toEqual([0, undefined]);
});
