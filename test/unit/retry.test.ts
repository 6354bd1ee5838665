import { expect, test } from 'vitest';
import { untilApplied } from '#core/retry.ts';
import { testRuntime } from '#test/helpers/runtime.ts';

test('a change that was planned on an old state is planned again, after waits that grow', async () => {
  const runtime = testRuntime();
  let tries = 0;
  expect(await untilApplied(runtime, async () => (++tries < 4 ? undefined : { ok: 'done' }))).toEqual({ ok: 'done' });
  expect(runtime.slept).toEqual([5, 10, 20]);
});

test('an error ends the tries', async () => {
  let tries = 0;
  const result = await untilApplied(testRuntime(), async () => {
    tries++;
    return { error: { code: 'forbidden', message: '', temporary: false } };
  });
  expect([tries, result]).toMatchObject([1, { error: { code: 'forbidden' } }]);
});

test('after twenty tries it is unavailable', async () => {
  let tries = 0;
  const result = await untilApplied(testRuntime(), async () => {
    tries++;
    return undefined;
  });
  expect([tries, result]).toMatchObject([20, { error: { code: 'unavailable', temporary: true } }]);
});
