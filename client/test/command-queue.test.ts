import { expect, test } from 'vitest';
import { CommandQueue } from '../command-queue.ts';
import { type Failure, offline, type Result } from '../failures.ts';
import { FakePlatform, settle } from './helpers/platform.ts';

/** A queue whose sent commands are answered by the test. */
function setUp() {
  const platform = new FakePlatform();
  const queue = new CommandQueue<string>(platform);
  const sent: string[] = [];
  const answers: ((result: Result<string>) => void)[] = [];
  const run = (name: string, { target = 'target', kind = name }: { target?: string; kind?: string } = {}) =>
    queue.run(target, kind, () => {
      sent.push(name);
      return new Promise((resolve) => answers.push(resolve));
    });
  const answer = async (result: Result<string> = { ok: sent.at(-1) ?? '' }) => {
    answers.shift()?.(result);
    await settle();
  };
  return { platform, queue, sent, run, answer };
}
const busy: { error: Failure } = { error: { code: 'unavailable', message: '', temporary: true } };

test('Commands about one target go one after the other, those about others do not wait', async () => {
  const { sent, run, answer } = setUp();
  const [first] = [run('first'), run('second'), run('other', { target: 'another' })];
  expect(sent).toEqual(['first', 'other']);
  await answer({ ok: 'one' });
  expect(sent).toEqual(['first', 'other', 'second']);
  expect(await first).toEqual({ ok: 'one' });
});

test('Of several that wait and set the same, only the last is sent, and all get its result', async () => {
  const { sent, run, answer } = setUp();
  const results = Promise.all(['one', 'two', 'three', 'four'].map((name) => run(name, { kind: 'edit' })));
  await answer();
  await answer();
  expect(sent).toEqual(['one', 'four']);
  expect(await results).toEqual([{ ok: 'one' }, { ok: 'four' }, { ok: 'four' }, { ok: 'four' }]);
});

test('A command that fails for a while is sent again before those that came after it', async () => {
  const { platform, sent, run, answer } = setUp();
  const first = run('first');
  void run('second');
  await answer(busy);
  expect(sent).toEqual(['first']);
  await platform.pass(1000);
  await answer();
  expect(sent).toEqual(['first', 'first', 'second']);
  expect(await first).toHaveProperty('ok');
});

test('A command is not sent again if a later one sets the same', async () => {
  const { platform, sent, run, answer } = setUp();
  const results = Promise.all([run('old', { kind: 'edit' }), run('between'), run('new', { kind: 'edit' })]);
  await answer(busy);
  await platform.pass(1000);
  await answer();
  await answer();
  expect(sent).toEqual(['old', 'between', 'new']);
  expect(await results).toEqual([{ ok: 'new' }, { ok: 'between' }, { ok: 'new' }]);
});

test('A command that has no connection is sent again as soon as there is one', async () => {
  const { queue, sent, run, answer } = setUp();
  const result = run('first');
  await answer(offline('There is no connection.'));
  queue.flush();
  await settle();
  await answer();
  expect(sent).toEqual(['first', 'first']);
  expect(await result).toEqual({ ok: 'first' });
});

test('A refused command is not sent again, and the next one goes', async () => {
  const { sent, run, answer } = setUp();
  const first = run('first');
  void run('second');
  await answer({ error: { code: 'conflict', message: '', temporary: false } });
  expect(await first).toMatchObject({ error: { code: 'conflict' } });
  expect(sent).toEqual(['first', 'second']);
});

test('The end of the queue settles everything that waits', async () => {
  const { queue, sent, run, answer } = setUp();
  const results = Promise.all([run('first'), run('second')]);
  await answer(busy);
  queue.close();
  expect(await results).toMatchObject([{ error: { code: 'cancelled' } }, { error: { code: 'cancelled' } }]);
  expect(sent).toEqual(['first']);
});
