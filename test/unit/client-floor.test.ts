import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { expect, test } from 'vitest';
import { tooNew } from '#web/floor/scripts.ts';
import { floorOf } from '#web/floor/support.ts';

const root = join(import.meta.dirname, '..', '..', 'client');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const floor = floorOf(join(root, 'package.json'));
/** The client, with what it uses of the protocol, for browsers of a floor. */
const bundle = (target: string[]): string => {
  const how = { bundle: true, write: false, format: 'esm', target } as const;
  // All have them; esbuild doesn't know `\p{Emoji}`.
  const supported = { 'regexp-unicode-property-escapes': true };
  return buildSync({ ...how, supported, entryPoints: [join(root, 'index.ts')] }).outputFiles[0]?.text ?? '';
};
const script = bundle(['esnext']);

/** In Firefox before 126 unsent messages wait for their owner to come back: `clearOutboxes` warns, and finds none. */
const tolerated = new Set(['databases']);

test('The client uses no function that browsers of its floor lack', () => {
  expect(tooNew([script], floor).filter(({ name }) => !tolerated.has(name))).toEqual([]);
  expect(
    tooNew(['const { promise } = Promise.withResolvers();', '[].toSorted();', 'new ViewTransition();'], floor),
  ).toEqual([
    { name: 'Promise.withResolvers', browsers: expect.arrayContaining(['chrome 103']) },
    { name: 'toSorted', browsers: expect.arrayContaining(['chrome 103']) },
    { name: 'ViewTransition', browsers: expect.arrayContaining(['chrome 103']) },
  ]);
});

test('The client has no syntax that browsers of its floor lack', () => {
  const names: Partial<Record<string, string>> = { safari_ios: 'ios' };
  const target = floor.map(([browser, version]) => `${names[browser] ?? browser}${version}`);
  expect(script).toBe(bundle(target));
});

test('The floor is the one that the README names', () => {
  const named = /: Chrome (\S+), Firefox (\S+), Safari (\S+), Node/.exec(read('README.md'));
  const versions = (...browsers: string[]) =>
    floor.flatMap(([name, version]) => (browsers.includes(name) ? version : []));
  expect(named?.slice(1).map(Number)).toEqual(versions('chrome', 'firefox', 'safari'));
});
