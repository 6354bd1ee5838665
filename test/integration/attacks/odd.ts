/** JSON as a hostile client can write it, but no serialiser does. */
const parsed = (json: string): unknown => JSON.parse(json);

/** Texts for a query, a path or a field that takes a text. None of them is over 20 KB, so that each fits into a frame. */
export const oddTexts: readonly string[] = [
  ...[
    '',
    ' ',
    '0',
    '-1',
    '-0',
    '1.5',
    '1e3',
    '0x10',
    '٣',
    '99999999999999999999',
    'NaN',
    'Infinity',
    'null',
    'undefined',
  ],
  ...['__proto__', 'constructor', 'toString', '[object Object]', '{"$gt":""}', "' OR 1=1 --", '#', ':a', 'a#b'],
  ...[
    '../../etc/passwd',
    '%00',
    '%2e%2e%2f',
    '\\',
    '#{7*7}',
    '{{7*7}}',
    '<script>alert(1)</script>',
    'javascript:alert(1)',
  ],
  ...[
    '\0',
    'a\0b',
    'a\r\nset-cookie: a=b',
    '\u202ecod',
    '\u2066a\u2069',
    '\u200b',
    '\u00ad',
    '\ufeff',
    '\ufffe',
    '\u{10ffff}',
  ],
  ...[
    '\ud800',
    '\udc00\ud800',
    'a\udfff',
    `e${'\u0301'.repeat(2_000)}`,
    '\u0301'.repeat(3_000),
    'ﷺ'.repeat(500),
    'İ',
    'ß',
    'ǅ',
  ],
  ...['👩‍👩‍👧‍👦', '👍🏽', '🇫🇷'.repeat(20), 'a'.repeat(5_000), '1'.repeat(2_000), 'a,a', 'a&a', '😀'.repeat(4_001)],
  ...[
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    '01890A5D-AC96-774B-BCCE-B302099A8057',
  ],
  ...[
    '01890a5d-ac96-474b-bcce-b302099a8057',
    '{01890a5d-ac96-774b-bcce-b302099a8057}',
    '01890a5dac96774bbcceb302099a8057',
  ],
];

/** Values that a field has never seen: of every other type, too large, too many, too deep, or with names of `Object`'s own. */
export const oddValues: readonly unknown[] = [
  ...oddTexts,
  ...[null, true, false, 0, -1, 1.5, -1e-7, 1e308, 2 ** 31, 2 ** 53, -(2 ** 63), parsed('1e999'), parsed('-0')],
  ...[[], [[]], [null], {}, { length: 1 }, { 0: 'a' }, ['__proto__'], Array(2_000).fill(0), Array(1_500).fill('a')],
  parsed('{"__proto__": {"isAdmin": true}}'),
  parsed('{"constructor": {"prototype": {"isAdmin": true}}}'),
  parsed('{"toString": "a", "valueOf": "b", "toJSON": "c"}'),
  parsed(`${'['.repeat(2_000)}${']'.repeat(2_000)}`),
  parsed(`${'{"a":'.repeat(1_000)}1${'}'.repeat(1_000)}`),
  Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`key${i}`, i])),
];

/** Whole bodies that aren't the JSON of an object, or not only. */
export const oddBodies: readonly string[] = [
  ...[
    'null',
    'true',
    '0',
    '1e999',
    '"text"',
    '[]',
    '[{}]',
    ' ',
    '{',
    '}',
    '{"a":1,}',
    "{'a':1}",
    '{"a":1}{"a":2}',
    '{}\0',
  ],
  ...['\ufeff{}', 'NaN', 'undefined', '{"a":01}', '{"a":"\u0001"}', '{"\\u005f_proto__":{"isAdmin":true}}', 'a=1&b=2'],
  ...['<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', '--x\r\n\r\n--x--'],
  ...[
    '['.repeat(10_000),
    `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
    `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
  ],
  `{${Array.from({ length: 2_000 }, (_, i) => `"k${i}":0`).join()}}`,
  `{"a":${'1'.repeat(20_000)}}`,
];

/** The ways to every value in a JSON value, also to those within others. The empty way leads to the value itself. */
export function pathsIn(value: unknown): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => {
    const step = Array.isArray(value) ? Number(key) : key;
    return [[step], ...pathsIn(part).map((path) => [step, ...path])];
  });
}

/** A copy of a JSON value with another value at the end of a way. */
export function withAt(value: unknown, [step, ...rest]: readonly (string | number)[], odd: unknown): unknown {
  if (step === undefined) return odd;
  if (Array.isArray(value)) return value.map((part, i) => (i === step ? withAt(part, rest, odd) : part));
  const entries = Object.entries(Object(value));
  return Object.fromEntries(entries.map(([key, part]) => [key, key === step ? withAt(part, rest, odd) : part]));
}
