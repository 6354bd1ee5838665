import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectionLifeMs } from '#adapters/dynamo/connections/sessions.ts';
import { graceMs } from '#core/people/presence.ts';
import type { Event } from '#protocol/events.ts';
import { type Api, type Person, startApi } from '#test/helpers/api.ts';
import type { Device } from '#test/helpers/device.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

async function people(): Promise<[Person, Person, Person]> {
  return [await api.register('ann'), await api.register('ben'), await api.register('cara')];
}

/** A conversation that `b` began, so that `a` may see the presence of `b`. */
async function direct(a: Person, b: Person): Promise<string> {
  return (await b.call('POST /conversations', { body: { type: 'direct', memberIds: [a.id] } })).body.id;
}

async function group(owner: Person, ...others: Person[]): Promise<string> {
  const memberIds = others.map(({ id }) => id);
  return (await owner.call('POST /conversations', { body: { type: 'group', name: 'group', memberIds } })).body.id;
}

const ask = async (device: Device, ...userIds: string[]) =>
  (await device.ask({ action: 'presence', userIds })).ok as { users: unknown[] };
const presenceOf = (asker: Person, id: string) => asker.call('GET /users/{id}/presence', { params: { id } });
const online = (userId: string) => ({ userId, online: true, lastSeenAt: null });
const never = (userId: string) => ({ userId, online: false, lastSeenAt: null });
const block = (by: Person, { id }: Person) => by.call('PUT /users/me/blocks/{id}', { params: { id } });
const hide = (person: Person) => person.call('PATCH /users/me/settings', { body: { invisible: true } });
const connected = (userId: string, since: number) =>
  api.sessions.connect({ userId, connectionId: `${userId} ${since}`, familyId: 'none' }, since);

describe('presence', () => {
  test('is told of those with whom one shares a conversation, direct or group, and of nobody else', async () => {
    const [ann, ben, cara] = await people();
    const stranger = await api.register();
    await direct(ann, ben);
    await group(cara, ann);
    const device = await ann.open();
    await Promise.all([ben, cara, stranger].map((person) => person.open()));
    const asked = [ben.id, cara.id, stranger.id, ann.id, uuidv7()];
    const { users } = await ask(device, ...asked, ben.id);
    expect(users).toHaveLength(2);
    expect(users).toEqual(expect.arrayContaining([online(ben.id), online(cara.id)]));
    expect((await presenceOf(ann, ben.id)).body).toEqual(online(ben.id));
    const refused = await Promise.all([stranger.id, ann.id, uuidv7()].map((id) => presenceOf(ann, id)));
    for (const answer of refused) expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(refused[0]?.body).toEqual(refused[2]?.body);
    for (const { id } of [stranger, ann])
      expect(await api.presenceSubscriptions.subscriptionsTo(id, Date.now())).toEqual([]);
  });

  test('ends with the last conversation that two share', async () => {
    const [ann, ben] = await people();
    const id = await group(ann, ben);
    const device = await ben.open();
    expect((await ask(device, ann.id)).users).toHaveLength(1);
    await ann.call('DELETE /conversations/{id}/members/{userId}', { params: { id, userId: ben.id } });
    expect(await ask(device, ann.id)).toEqual({ users: [] });
    expect(await presenceOf(ben, ann.id)).toMatchObject({ status: 403 });
  });

  test('stays online for 30 seconds after the last connection, then says when that was', async () => {
    const [ann, ben] = await people();
    await direct(ann, ben);
    const went = Date.now() - graceMs;
    await connected(ben.id, went - 1000);
    await api.sessions.disconnect(ben.id, `${ben.id} ${went - 1000}`, went + 20_000);
    expect((await presenceOf(ann, ben.id)).body).toEqual(online(ben.id));
    await connected(ben.id, went - 500);
    await api.sessions.disconnect(ben.id, `${ben.id} ${went - 500}`, went);
    const lastSeenAt = new Date(went).toISOString();
    expect((await presenceOf(ann, ben.id)).body).toEqual({ userId: ben.id, online: false, lastSeenAt });
  });

  test('counts a connection that a post finds gone, once', async () => {
    const [ann, ben] = await people();
    await direct(ann, ben);
    const found = Date.now() - graceMs;
    await connected(ben.id, found - 120_000);
    await api.sessions.remove(ben.id, `${ben.id} ${found - 120_000}`, found);
    await api.sessions.disconnect(ben.id, `${ben.id} ${found - 120_000}`, Date.now());
    const lastSeenAt = new Date(found).toISOString();
    expect((await presenceOf(ann, ben.id)).body).toEqual({ userId: ben.id, online: false, lastSeenAt });
  });

  test('does not count a connection older than a socket can live; it was seen when it began', async () => {
    const [ann, ben] = await people();
    await direct(ann, ben);
    const since = Date.now() - connectionLifeMs - 1000;
    await connected(ben.id, since);
    const lastSeenAt = new Date(since).toISOString();
    expect((await presenceOf(ann, ben.id)).body).toEqual({ userId: ben.id, online: false, lastSeenAt });
  });

  test('of who is invisible, or whom a block keeps apart from the one who asks, is that of someone never seen', async () => {
    const [ann, ben, cara] = await people();
    for (const other of [ben, cara]) await direct(ann, other);
    await Promise.all([ben.open(), cara.open()]);
    await hide(ben);
    await block(cara, ann);
    const device = await ann.open();
    const { users } = await ask(device, ben.id, cara.id);
    expect(users).toEqual(expect.arrayContaining([never(ben.id), never(cara.id)]));
    for (const { id } of [ben, cara]) expect((await presenceOf(ann, id)).body).toEqual(never(id));
    expect((await presenceOf(cara, ann.id)).body).toEqual(never(ann.id));
    expect(await api.presenceSubscriptions.subscriptionsTo(cara.id, Date.now())).toEqual([]);
  });

  test('is no longer watched by who gets blocked', async () => {
    const [ann, ben, cara] = await people();
    await group(ann, ben, cara);
    for (const person of [ben, cara]) await ask(await person.open(), ann.id);
    await block(ann, ben);
    expect(await api.presenceSubscriptions.subscriptionsTo(ann.id, Date.now())).toMatchObject([
      { subscriberId: cara.id },
    ]);
  });

  test('is watched for as long as a socket can live', async () => {
    const [ann, ben] = await people();
    await direct(ann, ben);
    await ask(await ann.open(), ben.id);
    expect(
      await api.presenceSubscriptions.subscriptionsTo(ben.id, Date.now() + connectionLifeMs - 60_000),
    ).toHaveLength(1);
    expect(await api.presenceSubscriptions.subscriptionsTo(ben.id, Date.now() + connectionLifeMs + 60_000)).toEqual([]);
  });
});

describe('typing', () => {
  const typing = (device: Device, conversationId: string, on = true) =>
    device.ask({ action: 'typing', conversationId, typing: on });
  const typingOf = (device: Device) => device.events.filter(({ type }: Event) => type === 'typing');
  const isTyping = (conversationId: string, { id }: Person, on = true) => ({
    type: 'typing',
    conversationId,
    userId: id,
    typing: on,
  });

  test.each([
    ['direct', 0],
    ['large', 9],
  ])('is told to the other members’ sockets in a %s conversation', async (_, silent) => {
    const [ann, ben] = await people();
    const more = await Promise.all(Array.from({ length: silent }, () => api.register()));
    const id = silent ? await group(ann, ben, ...more) : await direct(ben, ann);
    const [phone, laptop, other] = [await ann.open(), await ann.open(), await ben.open()];
    expect(await typing(phone, id)).toMatchObject({ ok: {} });
    expect(await typing(phone, id, false)).toMatchObject({ ok: {} });
    await other.until(() => typingOf(other).length === 2);
    expect(typingOf(other)).toEqual([isTyping(id, ann), isTyping(id, ann, false)]);
    // An event for the laptop would have arrived before this one.
    await phone.ask({ action: 'message', conversationId: id, text: 'done' });
    await laptop.until(() => laptop.messages.length === 1);
    expect(typingOf(laptop)).toEqual([]);
  });

  test('is refused from strangers, and from who was removed at once', async () => {
    const [ann, ben, cara] = await people();
    const id = await group(ann, ben);
    const [annDevice, benDevice, caraDevice] = [await ann.open(), await ben.open(), await cara.open()];
    expect(await typing(caraDevice, id)).toMatchObject({ error: { code: 'forbidden' } });
    expect(await typing(caraDevice, uuidv7())).toMatchObject({ error: { code: 'not_found' } });
    await typing(benDevice, id);
    await ann.call('DELETE /conversations/{id}/members/{userId}', { params: { id, userId: ben.id } });
    expect(await typing(benDevice, id, false)).toMatchObject({ error: { code: 'forbidden' } });
    await typing(annDevice, id);
    await benDevice.until((events) => events.some(({ type }) => type === 'member'));
    expect(typingOf(benDevice)).toEqual([]);
  });

  test('is refused from who is blocked, and not told of who is invisible', async () => {
    const [ann, ben] = await people();
    const id = await direct(ann, ben);
    const [annDevice, benDevice] = [await ann.open(), await ben.open()];
    await hide(ann);
    expect(await typing(annDevice, id)).toMatchObject({ ok: {} });
    await block(ann, ben);
    expect(await typing(benDevice, id)).toMatchObject({ error: { code: 'forbidden' } });
    await annDevice.ask({ action: 'message', conversationId: id, text: 'there' });
    await benDevice.until(() => benDevice.messages.length === 1);
    expect([...typingOf(annDevice), ...typingOf(benDevice)]).toEqual([]);
  });

  test('is not told in rooms of over 100', async () => {
    const [ann, ben] = await people();
    const more = await Promise.all(Array.from({ length: 99 }, () => api.register()));
    const id = await group(ann, ben, ...more);
    const [annDevice, benDevice] = [await ann.open(), await ben.open()];
    expect(await typing(annDevice, id)).toMatchObject({ ok: {} });
    await annDevice.ask({ action: 'message', conversationId: id, text: 'hello' });
    await benDevice.until(() => benDevice.messages.length === 1);
    expect(typingOf(benDevice)).toEqual([]);
  });
});
