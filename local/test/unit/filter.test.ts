import { expect, test } from 'vitest';
import { parseFilter } from '../../event-sources/filter.ts';
import { StackError } from '../../types.ts';

// "Filter rule syntax" in the Lambda developer guide; matching as in "Amazon EventBridge event patterns".
test.each<[pattern: object, matching: unknown[], other: unknown[]]>([
  [{ a: ['x', 'y'] }, [{ a: 'x' }, { a: 'y', b: 1 }, { a: ['z', 'y'] }], [{ a: 'z' }, { a: ['z'] }, {}, 'x', null]],
  [{ a: [null] }, [{ a: null }], [{}, { a: '' }]],
  [{ a: [''] }, [{ a: '' }], [{ a: null }]],
  [{ a: [1, true] }, [{ a: 1 }, { a: true }], [{ a: '1' }, { a: 'true' }]],
  [{ a: { b: ['x'] }, c: ['y'] }, [{ a: { b: 'x' }, c: 'y' }], [{ a: { b: 'x' } }, { a: 'x', c: 'y' }]],
  [{ a: [{ prefix: 'ab' }] }, [{ a: 'abc' }], [{ a: 'cab' }, { a: 1 }]],
  [{ a: [{ suffix: '.png' }] }, [{ a: 'x.png' }], [{ a: 'x.png.txt' }]],
  [{ a: [{ 'equals-ignore-case': 'Ab' }] }, [{ a: 'aB' }], [{ a: 'abc' }]],
  [{ a: [{ exists: true }] }, [{ a: null }, { a: 'x' }], [{}, { a: { b: 1 } }]],
  [{ a: [{ exists: false }] }, [{}, { b: 1 }], [{ a: '' }]],
  [{ a: { b: [{ exists: false }] } }, [{}, { a: {} }], [{ a: { b: 1 } }]],
  [{ a: [{ 'anything-but': ['x', 'y'] }] }, [{ a: 'z' }], [{ a: 'x' }, {}]],
  [{ a: [{ 'anything-but': 'x' }] }, [{ a: 'z' }, { a: 1 }], [{ a: 'x' }]],
  [{ a: [{ 'anything-but': { prefix: 'x' } }] }, [{ a: 'z' }], [{ a: 'xy' }]],
  [{ a: [{ numeric: ['>', 0, '<=', 5] }] }, [{ a: 5 }, { a: 0.1 }], [{ a: 0 }, { a: 6 }, { a: '3' }]],
  [{ a: [{ numeric: ['=', 3] }] }, [{ a: 3 }], [{ a: 4 }]],
  [
    { $or: [{ a: ['x'] }, { b: [1] }], c: ['y'] },
    [
      { a: 'x', c: 'y' },
      { b: 1, c: 'y' },
    ],
    [{ c: 'y' }, { a: 'x', b: 1 }],
  ],
])('%j', (pattern, matching, other) => {
  const filter = parseFilter(JSON.stringify(pattern));
  for (const value of matching) expect(filter(value), JSON.stringify(value)).toBe(true);
  for (const value of other) expect(filter(value), JSON.stringify(value)).toBe(false);
});

test('a key of every object, such as constructor, is not taken for a field', () => {
  expect(parseFilter('{"constructor":[{"exists":false}]}')({})).toBe(true);
});

test.each([
  'no JSON',
  '[]',
  '{"a":"x"}',
  '{"a":[{"wildcard":"x*"}]}',
  '{"a":[{"prefix":"x","suffix":"y"}]}',
  '{"a":[{"prefix":1}]}',
  '{"a":[{"numeric":["~",1]}]}',
  '{"$or":{}}',
])('%s is refused', (pattern) => {
  expect(() => parseFilter(pattern)).toThrow(StackError);
});
