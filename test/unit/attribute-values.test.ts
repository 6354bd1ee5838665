import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeItem, encodeItem, type Item } from '#adapters/dynamo/attribute-values.ts';

const bytes = fc.uint8Array({ maxLength: 20 });
const number = fc.oneof(fc.maxSafeInteger(), fc.double({ min: -1e9, max: 1e9, noNaN: true }));
const bigint = fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n });
const set = <T>(values: fc.Arbitrary<T>) =>
  fc.uniqueArray(values, { minLength: 1, maxLength: 4 }).map((array) => new Set(array));
const { item } = fc.letrec<{ value: unknown; item: Item }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.string(),
    number,
    bigint,
    fc.boolean(),
    fc.constantFrom(null, undefined),
    bytes,
    set(fc.string()),
    set(number),
    set(bigint),
    set(bytes),
    fc.array(tie('value'), { maxLength: 4 }),
    tie('item'),
    tie('item').map((object) => new Map(Object.entries(object))),
  ),
  item: fc.dictionary(
    fc.string().filter((name) => name !== '__proto__'),
    tie('value'),
    { maxKeys: 4 },
  ),
}));

/** The SDK's values as they are in a request. */
const inJson = (value: unknown) =>
  JSON.parse(
    JSON.stringify(value, (_, part) => (part instanceof Uint8Array ? Buffer.from(part).toString('base64') : part)),
  );

test('items are encoded and decoded as the SDK does it', () => {
  fc.assert(
    fc.property(item, (item) => {
      const theirs = marshall(item, { removeUndefinedValues: true });
      const wire = encodeItem(item);
      expect(JSON.parse(JSON.stringify(wire))).toEqual(inJson(theirs));
      expect(decodeItem(wire)).toEqual(unmarshall(theirs));
    }),
    { numRuns: 500 },
  );
});

test('what DynamoDB has no type for, or a number that is not exact, is refused as by the SDK', () => {
  const values = [Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -(2 ** 53), new Set(), new Date(), new Set([true])];
  for (const value of values) {
    expect(() => encodeItem({ value })).toThrow();
    expect(() => marshall({ value }, { removeUndefinedValues: true })).toThrow();
  }
});

test('an attribute of any name is an own property, and changes nothing else', () => {
  const wire = JSON.parse('{"__proto__":{"M":{"admin":{"BOOL":true}}}}');
  expect(Object.hasOwn(decodeItem(wire), '__proto__')).toBe(true);
  expect(JSON.stringify(encodeItem(decodeItem(wire)))).toBe(JSON.stringify(wire));
});
