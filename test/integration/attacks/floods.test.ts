/** One who sends much at once costs little, leaves nothing behind, and takes nothing from others. */

import { v7 } from 'uuid';
import { describe, expect, test } from 'vitest';
import { createRefreshTokens } from '#core/accounts/refresh-token.ts';
import { rates } from '#lib/rates.ts';
import { limits } from '#protocol/limits.ts';
import { setScene } from './cast.ts';
import { rowsOf } from './rows.ts';

/** Runs something, and returns how many calls to the database it took, from all functions together. */
async function callsIn(run: () => Promise<unknown>): Promise<number> {
  const { api } = scene();
  const before = api.calls();
  await run();
  return api.calls() - before;
}

/** Makes many requests, fifty at a time. */
async function times<T>(count: number, make: (i: number) => Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  while (answers.length < count) {
    const batch = Array.from({ length: Math.min(50, count - answers.length) }, (_, i) => make(answers.length + i));
    answers.push(...(await Promise.all(batch)));
  }
  return answers;
}

const scene = setScene();

/** A person of the group, who is not held up by what others do. */
async function isServed(): Promise<void> {
  const { people, say } = scene();
  expect(await say(people.admin)).toBeGreaterThan(0);
}

describe('floods', () => {
  test('of frames on one socket are answered each by its id, and cost calls by the second, not by the frame', async () => {
    const { people, deviceOf, group } = scene();
    const device = await deviceOf(people.blocker);
    await deviceOf(people.admin);
    const frames = times(500, (i) => device.ask({ action: 'typing', conversationId: group, typing: i % 2 === 0 }));
    await isServed();
    const calls = await callsIn(async () => {
      const answers = await Promise.all([frames, times(200, () => device.ask({ action: 'typing', typing: 'no' }))]);
      for (const { error } of answers.flat()) if (error) expect(error.code).toMatch(/^(bad_request|rate_limited)$/);
    });
    expect(calls).toBeLessThan(100);
  });

  test('of made-up tokens at the open routes reach no row', async () => {
    const { api, people } = scene();
    const forger = createRefreshTokens(Buffer.alloc(32, 1).toString('base64url'));
    const before = await rowsOf(scene());
    const calls = await callsIn(() =>
      times(300, async (i) => {
        const token = forger.encode({ userId: people.owner.id, familyId: v7(), secret: Buffer.alloc(32, i) });
        await api.call(i % 2 ? 'POST /auth/logout' : 'POST /auth/refresh', { body: { refreshToken: token } });
        await api.call('GET /users/me', { token });
      }),
    );
    expect(calls).toBe(0);
    expect(await rowsOf(scene())).toEqual(before);
  });

  test('of guesses from one address end before they are many', async () => {
    const { api, people } = scene();
    const answers = [];
    for (let i = 0; i < 30; i++) {
      const body = { login: people.former.username, password: `guess ${i}` };
      answers.push((await api.call('POST /auth/login', { body, sourceIp: '198.51.100.99' })).body.code);
    }
    expect(answers.filter((code) => code === 'bad_credentials').length).toBeLessThanOrEqual(10);
    expect(new Set(answers.slice(10))).toEqual(new Set(['too_many_attempts']));
  });

  test('of searches are answered at the rate, and store nothing', async () => {
    const { extra } = scene();
    const someone = await extra();
    const { burst, perSecond } = rates.dev.searches;
    const before = await rowsOf(scene());
    const began = Date.now();
    const answers = await times(burst + 100, () => someone.call('GET /search', { query: { q: 'said' } }));
    const seconds = (Date.now() - began) / 1_000;
    const found = answers.filter(({ status }) => status === 200).length;
    expect(found).toBeLessThanOrEqual(burst + Math.ceil(seconds * perSecond));
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(answers.length - found);
    expect(await rowsOf(scene())).toEqual(before);
    await isServed();
  });

  test('of sockets leave a person as many as they may have', async () => {
    const { api, extra } = scene();
    const someone = await extra();
    const opened = await times(2 * limits.sockets, () => api.openSocket(someone.token).catch(() => undefined));
    const [state] = await api.sessions.statesOf([someone.id], Date.now(), { consistent: true });
    expect(state?.connections.length).toBeLessThanOrEqual(limits.sockets);
    await isServed();
    for (const socket of opened) socket?.webSocket.terminate();
  });
});
