import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi } from '../helpers/api.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

describe('settings', () => {
  test('are all off until one is changed, and those that are not named stay as they are', async () => {
    const ann = await api.register();
    const settings = async () => (await ann.call('GET /users/me/settings')).body;
    const change = (body: object) => ann.call('PATCH /users/me/settings', { body });
    expect(await settings()).toEqual({ privateRead: false, invisible: false });
    expect((await change({ privateRead: true })).body).toEqual({ privateRead: true, invisible: false });
    expect((await change({ invisible: true })).body).toEqual({ privateRead: true, invisible: true });
    expect((await change({ privateRead: false })).body).toEqual({ privateRead: false, invisible: true });
    expect((await change({})).body).toEqual({ privateRead: false, invisible: true });
    expect(await settings()).toEqual({ privateRead: false, invisible: true });
  });

  test('that are not known or no booleans are a bad request', async () => {
    const ann = await api.register();
    for (const body of [{ invisible: 'yes' }, { revoked: {} }])
      expect(await ann.call('PATCH /users/me/settings', { body })).toMatchObject({ status: 400 });
  });

  test('are found beside the live connections of some people', async () => {
    const [ann, ben] = [await api.register(), await api.register()];
    await ann.open();
    await ann.call('PATCH /users/me/settings', { body: { privateRead: true } });
    const states = await api.sessions.statesOf([ann.id, ben.id], Date.now());
    expect(states.find(({ userId }) => userId === ann.id)).toMatchObject({
      settings: { privateRead: true, invisible: false },
      connections: [{ userId: ann.id }],
    });
    expect(states.find(({ userId }) => userId === ben.id)).toMatchObject({
      settings: { privateRead: false, invisible: false },
      connections: [],
    });
  });
});
