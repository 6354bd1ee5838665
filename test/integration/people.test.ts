import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, type Person, startApi } from '#test/helpers/api.ts';
import type { Device } from '#test/helpers/device.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

describe('settings', () => {
  test('are what people expect until one is changed, and those that are not named stay as they are', async () => {
    const ann = await api.register();
    const settings = async () => (await ann.call('GET /users/me/settings')).body;
    const change = (body: object) => ann.call('PATCH /users/me/settings', { body });
    expect(await settings()).toEqual({ privateRead: false, invisible: false, pushText: true, whoMayAdd: 'everyone' });
    expect((await change({ privateRead: true })).body).toEqual({
      privateRead: true,
      invisible: false,
      pushText: true,
      whoMayAdd: 'everyone',
    });
    expect((await change({ invisible: true })).body).toEqual({
      privateRead: true,
      invisible: true,
      pushText: true,
      whoMayAdd: 'everyone',
    });
    expect((await change({ privateRead: false })).body).toEqual({
      privateRead: false,
      invisible: true,
      pushText: true,
      whoMayAdd: 'everyone',
    });
    expect((await change({})).body).toEqual({
      privateRead: false,
      invisible: true,
      pushText: true,
      whoMayAdd: 'everyone',
    });
    expect(await settings()).toEqual({ privateRead: false, invisible: true, pushText: true, whoMayAdd: 'everyone' });
  });

  test('have a language and colours once they were chosen', async () => {
    const ann = await api.register();
    const change = (body: object) => ann.call('PATCH /users/me/settings', { body });
    expect((await change({ language: 'fr' })).body).toMatchObject({
      language: 'fr',
      pushText: true,
      whoMayAdd: 'everyone',
    });
    expect((await change({ theme: 'dark' })).body).toMatchObject({ language: 'fr', theme: 'dark' });
    expect((await ann.call('GET /users/me/settings')).body).toMatchObject({ language: 'fr', theme: 'dark' });
  });

  test('that are not known or no booleans are a bad request', async () => {
    const ann = await api.register();
    for (const body of [{ invisible: 'yes' }, { revoked: {} }, { language: 'xx' }, { theme: 'pink' }])
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

describe('blocks', () => {
  const block = (by: Person, id: string) => by.call('PUT /users/me/blocks/{id}', { params: { id } });

  test('are set, listed and taken back, each as often as one likes', async () => {
    const [ann, ben] = [await api.register(), await api.register()];
    for (const _ of ['once', 'again']) expect(await block(ann, ben.id)).toMatchObject({ status: 204 });
    expect((await ann.call('GET /users/me/blocks')).body).toEqual({ userIds: [ben.id] });
    expect((await ben.call('GET /users/me/blocks')).body).toEqual({ userIds: [] });
    for (const _ of ['once', 'again'])
      expect(await ann.call('DELETE /users/me/blocks/{id}', { params: { id: ben.id } })).toMatchObject({ status: 204 });
    expect((await ann.call('GET /users/me/blocks')).body).toEqual({ userIds: [] });
  });

  test('are of others who exist', async () => {
    const ann = await api.register();
    expect(await block(ann, ann.id)).toMatchObject({ status: 400, body: { code: 'bad_request' } });
    expect(await block(ann, uuidv7())).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(await block(ann, 'nobody')).toMatchObject({ status: 404 });
  });

  test('hold against messages and new conversations', async () => {
    const [ann, ben] = [await api.register(), await api.register()];
    await block(ann, ben.id);
    const talk = (by: Person, other: Person) =>
      by.call('POST /conversations', { body: { type: 'direct', memberIds: [other.id] } });
    expect(await talk(ben, ann)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    const { id: conversationId } = (await talk(ann, ben)).body;
    const message = { action: 'message', conversationId, text: 'hello' };
    expect(await (await ben.open()).ask(message)).toMatchObject({ error: { code: 'forbidden' } });
    expect(await (await ann.open()).ask(message)).toHaveProperty('ok');
  });
});

describe('a changed profile', () => {
  const profilesOf = (device: Device) => device.events.filter(({ type }) => type === 'profile');
  const told = async (device: Device, count: number) => device.until(() => profilesOf(device).length === count);

  test('reaches those who share a conversation, and the person’s other devices, live', async () => {
    const [ann, ben, cara, dave] = await Promise.all(['ann', 'ben', 'cara', 'dave'].map((name) => api.register(name)));
    if (!ann || !ben || !cara || !dave) throw new Error('nobody');
    await ann.call('POST /conversations', { body: { type: 'direct', memberIds: [ben.id] } });
    const memberIds = [ben.id, cara.id, ...(await api.crowd(9))];
    await ann.call('POST /conversations', { body: { type: 'group', name: 'group', memberIds } });
    const devices = [await ann.open(), await ben.open(), await cara.open()];
    const stranger = await dave.open();
    const names = ['Anna', 'Änne'];
    for (const [i, displayName] of names.entries()) {
      const { status, body } = await ann.call('PUT /users/{id}', { params: { id: ann.id }, body: { displayName } });
      expect(status).toBe(200);
      while ((await api.tellNews()) > 0);
      for (const device of devices) {
        await told(device, i + 1);
        const { email: _, emailVerified: __, ...user } = body;
        expect(profilesOf(device)[i]).toEqual({ type: 'profile', user });
      }
    }
    expect(profilesOf(stranger)).toEqual([]);
  });

  test('of somebody else can’t be made, and tells nobody', async () => {
    const [ann, ben] = [await api.register(), await api.register()];
    await ann.call('POST /conversations', { body: { type: 'direct', memberIds: [ben.id] } });
    const device = await ann.open();
    const refused = await ben.call('PUT /users/{id}', { params: { id: ann.id }, body: { displayName: 'Ben' } });
    expect(refused).toMatchObject({ status: 403 });
    while ((await api.tellNews()) > 0);
    expect(profilesOf(device)).toEqual([]);
  });
});
