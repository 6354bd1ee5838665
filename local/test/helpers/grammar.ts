import fc from 'fast-check';

/** Values that a place in JSON hasn't seen: of any type, too large, too deep, and with names that `Object` has. */
const values = fc.oneof(
  { weight: 4, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
  fc.double(),
  fc.constantFrom<unknown>(
    -1,
    2 ** 31,
    2 ** 53,
    1e308,
    '',
    '\0',
    '\ud800',
    '__proto__',
    'constructor',
    'x'.repeat(5_000),
  ),
  fc
    .constantFrom(['[', ']'], ['{"a":', '}'])
    .map(([open = '', close = '']) => JSON.parse(`${open.repeat(200)}1${close.repeat(200)}`)),
);

const treeEdit = fc.record({
  at: fc.nat(),
  how: fc.constantFrom('replace', 'remove', 'copy', 'rename'),
  other: fc.nat(),
  value: values,
  name: fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom('__proto__', 'toString', 'constructor')),
});
type TreeEdit = typeof treeEdit extends fc.Arbitrary<infer T> ? T : never;

const textEdit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  how: fc.constantFrom('cut', 'insert', 'repeat', 'change'),
  text: fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
});
type TextEdit = typeof textEdit extends fc.Arbitrary<infer T> ? T : never;

/** What is done to something valid: a few changes of its values, and in a fifth of the cases of its characters, too. */
export const edits = fc.record({
  tree: fc.array(treeEdit, { maxLength: 4 }),
  text: fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(textEdit, { minLength: 1, maxLength: 3 }) },
  ),
});
export type Edits = typeof edits extends fc.Arbitrary<infer T> ? T : never;

/** JSON that is nearly a valid value. */
export function nearly(valid: unknown, { tree, text }: Edits): string {
  const edited = tree.reduce(editTree, structuredClone({ root: valid }) as { root?: unknown }).root;
  return nearlyText(JSON.stringify(edited) ?? '', text);
}

/** A text that is nearly a valid one, such as a cursor. */
export function nearlyText(valid: string, edits: readonly TextEdit[]): string {
  return edits.reduce((text, { at, how, text: more }) => {
    const i = Math.floor(at * text.length);
    switch (how) {
      case 'cut':
        return text.slice(0, i);
      case 'insert':
        return text.slice(0, i) + more + text.slice(i);
      case 'repeat':
        return text + text.slice(i);
      case 'change':
        return text.slice(0, i) + more + text.slice(i + more.length);
      default:
        return how satisfies never;
    }
  }, valid);
}

interface Place {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

function editTree(whole: { root?: unknown }, { at, how, other, value, name }: TreeEdit): { root?: unknown } {
  const places = placesIn(whole);
  const place = places[at % places.length];
  const source = places[other % places.length];
  if (!place) return whole;
  const { holder, key } = place;
  if (how === 'replace') set(holder, key, value);
  else if (how === 'remove') delete holder[key];
  // A copy, since a value within itself would be no JSON.
  else if (how === 'copy' && source) set(holder, key, structuredClone(source.holder[source.key]));
  else set(holder, name, holder[key]);
  return whole;
}

/** As a parser of JSON sets it: `__proto__` is a key like any other. */
function set(holder: object, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesIn(holder[key])]);
}
