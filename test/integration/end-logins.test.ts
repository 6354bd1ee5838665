import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Api, startApi } from '#test/helpers/api.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const run = promisify(execFile);
const endLogins = (who: string) => run(process.execPath, ['bin/end-logins.ts', who], { env: process.env });

test('an operator ends the logins of one person, or of everyone, who see it', async () => {
  const [ann, ben] = [await api.register('ann'), await api.register('ben')];
  const [anns, bens] = [await ann.open(), await ben.open()];
  await endLogins(ann.id);
  await anns.socket.closed;
  expect((await ann.call('GET /users/me')).status).toBe(401);
  await expect(ann.open()).rejects.toThrow();
  expect((await ben.call('GET /users/me')).status).toBe(200);
  await endLogins('--everyone');
  await bens.socket.closed;
  expect((await ben.call('GET /users/me')).status).toBe(401);
  const { body } = await api.call('POST /auth/login', {
    body: { login: ben.username, password: 'a long enough secret' },
  });
  const activity = await api.call('GET /users/me/activity', { token: body.accessToken });
  expect(activity.body.events.at(-1)).toMatchObject({ type: 'session_ended', device: 'Operator' });
});
