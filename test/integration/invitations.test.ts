import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expression } from '#adapters/dynamo/expression.ts';
import { keys } from '#adapters/dynamo/messages/keys.ts';
import { createTable, queryAll } from '#adapters/dynamo/table.ts';
import { limits } from '#protocol/limits.ts';
import { type Api, type Person, startApi } from '#test/helpers/api.ts';
import { messagesTable } from '#test/helpers/chat.ts';
import type { Device } from '#test/helpers/device.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const create = (by: Person, ...others: Person[]) =>
  by.call('POST /conversations', { body: { type: 'group', name: 'group', memberIds: others.map(({ id }) => id) } });
const start = async (by: Person, other: Person): Promise<string> =>
  (await by.call('POST /conversations', { body: { type: 'direct', memberIds: [other.id] } })).body.id;
const add = (by: Person, id: string, ...others: Person[]) =>
  by.call('POST /conversations/{id}/members', { params: { id }, body: { userIds: others.map((other) => other.id) } });
const remove = (by: Person, id: string, { id: userId }: Person) =>
  by.call('DELETE /conversations/{id}/members/{userId}', { params: { id, userId } });
const block = (by: Person, { id }: Person) => by.call('PUT /users/me/blocks/{id}', { params: { id } });
const allow = (person: Person, whoMayAdd: string) => person.call('PATCH /users/me/settings', { body: { whoMayAdd } });
const accept = (person: Person, id: string) => person.call('POST /invitations/{id}', { params: { id } });
const decline = (person: Person, id: string, query = {}) =>
  person.call('DELETE /invitations/{id}', { params: { id }, query });

async function invitationsOf(person: Person): Promise<Record<string, unknown>[]> {
  return (await person.call('GET /invitations')).body.invitations;
}

const idsOf = (members: { userId: string }[]) => members.map(({ userId }) => userId);
const membersOf = async (person: Person, id: string): Promise<string[]> =>
  idsOf((await person.call('GET /conversations/{id}', { params: { id } })).body.members);
const listOf = async (person: Person): Promise<string[]> =>
  (await person.call('GET /conversations')).body.conversations.map(({ id }: { id: string }) => id);
const told = (device: Device) => device.events.filter(({ type }) => type === 'invitation').length;

/** Two people. The second may be added by nobody, so that groups of the first invite them. */
async function inviting(): Promise<{ ann: Person; ben: Person; id: string }> {
  const [ann, ben] = [await api.register('ann'), await api.register('ben')];
  await allow(ben, 'nobody');
  return { ann, ben, id: (await create(ann, ben)).body.id };
}

describe('who has blocked somebody', () => {
  test('is not put into a group with them: not when it is made, and not later', async () => {
    const [ann, ben, cara] = [await api.register('ann'), await api.register('ben'), await api.register('cara')];
    await block(ben, ann);
    const device = await ben.open();
    const made = await create(ann, ben, cara);
    expect(made).toMatchObject({ status: 201, body: { memberCount: 2 } });
    expect(idsOf(made.body.members).sort()).toEqual([ann.id, cara.id].sort());
    const { id } = made.body;
    const again = await add(ann, id, ben);
    expect(again).toMatchObject({ status: 200, body: { memberCount: 2 } });
    await (await ann.open()).ask({ action: 'message', conversationId: id, text: 'are you there?' });
    expect(await listOf(ben)).toEqual([]);
    expect(await invitationsOf(ben)).toEqual([]);
    expect((await ben.call('POST /sync', { body: { cursors: {} } })).body.added).toEqual([]);
    expect(device.events).toEqual([]);
  });

  test('is left out of a large group, too, in whose other members nothing changes', async () => {
    const [ann, ben] = [await api.register('ann'), await api.register('ben')];
    await block(ben, ann);
    const others = await api.crowd(100);
    const memberIds = [...others.slice(0, 60), ben.id, ...others.slice(60)];
    const { body } = await ann.call('POST /conversations', { body: { type: 'group', name: 'hall', memberIds } });
    expect(body.memberCount).toBe(101);
    expect(await listOf(ben)).toEqual([]);
  });
});

describe('who has left a group', () => {
  test('is invited, and comes back only if they accept; who was removed is added', async () => {
    const [ann, ben] = [await api.register('ann'), await api.register('ben')];
    const { id } = (await create(ann, ben)).body;
    await remove(ben, id, ben);
    expect(idsOf((await add(ann, id, ben)).body.members)).toEqual([ann.id]);
    expect(await listOf(ben)).toEqual([]);
    expect(await invitationsOf(ben)).toEqual([
      { conversationId: id, name: 'group', by: ann.id, memberCount: 1, createdAt: expect.any(String) },
    ]);
    expect(await accept(ben, id)).toMatchObject({ status: 200, body: { id, memberCount: 2 } });
    expect(await invitationsOf(ben)).toEqual([]);
    await remove(ann, id, ben);
    expect((await add(ann, id, ben)).body.memberCount).toBe(2);
  });

  test('long ago, before it was stored who had left by themselves, is invited', async () => {
    const [ann, ben] = [await api.register('ann'), await api.register('ben')];
    const { id } = (await create(ann, ben)).body;
    await remove(ann, id, ben);
    const table = createTable(api.client, messagesTable.TableName);
    await table.put({ ...keys.membership(ben.id, id), former: true });
    expect((await add(ann, id, ben)).body.memberCount).toBe(1);
    expect(await invitationsOf(ben)).toHaveLength(1);
  });
});

describe('strangers', () => {
  test('put a person into 20 groups a day at most, however many they are; the person’s acquaintances go on', async () => {
    const [victim, friend] = [await api.register('victim'), await api.register('friend')];
    const attackers = await Promise.all(Array.from({ length: 3 }, () => api.register('eve')));
    await start(victim, friend);
    for (let round = 0; round < 10; round++) await Promise.all(attackers.map((eve) => create(eve, victim)));
    expect(await listOf(victim)).toHaveLength(1 + limits.strangersPerDay.memberships);
    expect(await invitationsOf(victim)).toHaveLength(30 - limits.strangersPerDay.memberships);
    const { id } = (await create(friend, victim)).body;
    expect(await listOf(victim)).toContain(id);
  });

  test('who share a group into which one of them has put a person stay strangers, until the person writes there', async () => {
    const [victim, eve, mallory] = [
      await api.register('victim'),
      await api.register('eve'),
      await api.register('mallory'),
    ];
    const { id } = (await create(eve, victim, mallory)).body;
    await allow(victim, 'acquaintances');
    expect((await create(mallory, victim)).body.memberCount).toBe(1);
    await (await victim.open()).ask({ action: 'message', conversationId: id, text: 'hello' });
    expect((await create(mallory, victim)).body.memberCount).toBe(2);
  });

  test('who begin a direct conversation stay strangers, until the other writes there', async () => {
    const [victim, eve] = [await api.register('victim'), await api.register('eve')];
    const id = await start(eve, victim);
    await allow(victim, 'acquaintances');
    expect((await create(eve, victim)).body.memberCount).toBe(1);
    await (await victim.open()).ask({ action: 'message', conversationId: id, text: 'hello' });
    expect((await create(eve, victim)).body.memberCount).toBe(2);
  });
});

describe('an invitation', () => {
  test('is in no list, no sync and no count, and the group doesn’t see it', async () => {
    const { ann, ben, id } = await inviting();
    await (await ann.open()).ask({ action: 'message', conversationId: id, text: 'hello' });
    expect(await membersOf(ann, id)).toEqual([ann.id]);
    expect(await listOf(ben)).toEqual([]);
    const { body } = await ben.call('POST /sync', { body: { cursors: { [id]: 0 } } });
    expect(body).toMatchObject({ conversations: [], added: [], removed: [id] });
    for (const route of ['GET /conversations/{id}', 'GET /conversations/{id}/messages'])
      expect(await ben.call(route, { params: { id } })).toMatchObject({ status: 403 });
    expect(api.pushesWaiting()).toBe(0);
  });

  test('is told live to all devices of the person, when it comes and when it is answered', async () => {
    const { ann, ben, id } = await inviting();
    const devices = [await ben.open(), await ben.open()];
    await create(ann, ben);
    for (const device of devices) await device.until(() => told(device) === 1);
    await accept(ben, id);
    for (const device of devices) await device.until(() => told(device) === 2);
    const { id: other } = (await create(ann, ben)).body;
    for (const device of devices) await device.until(() => told(device) === 3);
    await decline(ben, other);
    for (const device of devices) await device.until(() => told(device) === 4);
    expect(devices[0]?.events.findLast(({ type }) => type === 'invitation')).toEqual({
      type: 'invitation',
      conversationId: other,
    });
  });

  test('makes who accepts it a member like others, once, and tells the group', async () => {
    const { ann, ben, id } = await inviting();
    const device = await ann.open();
    const answers = await Promise.all([accept(ben, id), accept(ben, id), accept(ben, id)]);
    for (const answer of answers)
      expect(answer).toMatchObject({ status: 200, body: { id, memberCount: 2, unread: 0 } });
    const added = () => device.events.filter((event) => event.type === 'member');
    await device.until(() => added().length > 0);
    expect(added()).toMatchObject([{ userId: ben.id, change: 'added', by: ben.id, role: 'member' }]);
    expect(await accept(ben, id)).toMatchObject({ status: 200 });
    expect((await ben.call('GET /conversations/{id}', { params: { id } })).body.lastSeq).toBe(1);
  });

  test('that is declined does not come again soon, from nobody in the group', async () => {
    const { ann, ben, id } = await inviting();
    const cara = await api.register('cara');
    await add(ann, id, cara);
    await ann.call('PATCH /conversations/{id}/members/{userId}', {
      params: { id, userId: cara.id },
      body: { role: 'admin' },
    });
    for (const _ of ['once', 'again']) expect(await decline(ben, id)).toMatchObject({ status: 204 });
    const device = await ben.open();
    for (const by of [ann, cara]) expect((await add(by, id, ben)).body.memberCount).toBe(2);
    expect(await invitationsOf(ben)).toEqual([]);
    expect(await accept(ben, id)).toMatchObject({ status: 404 });
    expect(told(device)).toBe(0);
    expect((await ben.call('GET /users/me/blocks')).body.userIds).toEqual([]);
  });

  test('that is declined with a block blocks who made it, and hides what else they have sent', async () => {
    const { ann, ben, id } = await inviting();
    const { id: other } = (await create(ann, ben)).body;
    for (const _ of ['once', 'again']) expect(await decline(ben, id, { block: 'true' })).toMatchObject({ status: 204 });
    expect((await ben.call('GET /users/me/blocks')).body.userIds).toEqual([ann.id]);
    expect(await invitationsOf(ben)).toEqual([]);
    expect(await accept(ben, other)).toMatchObject({ status: 404 });
  });

  test('is made once, whoever repeats it, and is then of who made it first', async () => {
    const { ann, ben, id } = await inviting();
    const cara = await api.register('cara');
    await add(ann, id, cara);
    await ann.call('PATCH /conversations/{id}/members/{userId}', {
      params: { id, userId: cara.id },
      body: { role: 'admin' },
    });
    const device = await ben.open();
    await Promise.all([add(cara, id, ben), add(ann, id, ben), add(cara, id, ben)]);
    expect(await invitationsOf(ben)).toMatchObject([{ by: ann.id }]);
    expect(told(device)).toBe(0);
  });

  test('lapses when who made it has left or is erased; then another member’s takes its place', async () => {
    const { ann, ben, id } = await inviting();
    const cara = await api.register('cara');
    await add(ann, id, cara);
    await remove(ann, id, ann);
    expect(await invitationsOf(ben)).toEqual([]);
    expect(await accept(ben, id)).toMatchObject({ status: 404 });
    await add(cara, id, ben);
    expect(await invitationsOf(ben)).toMatchObject([{ by: cara.id }]);
    await cara.confirm();
    await cara.call('DELETE /users/me');
    await api.erase({ userId: cara.id });
    expect(await invitationsOf(ben)).toEqual([]);
  });

  test('lapses when the person is added, and does not come back when they leave', async () => {
    const { ann, ben, id } = await inviting();
    await allow(ben, 'everyone');
    expect((await add(ann, id, ben)).body.memberCount).toBe(2);
    expect(await invitationsOf(ben)).toEqual([]);
    await remove(ben, id, ben);
    expect(await invitationsOf(ben)).toEqual([]);
    await add(ann, id, ben);
    expect(await invitationsOf(ben)).toHaveLength(1);
  });

  test('to a group that is full stays until there is room', async () => {
    const { ann, ben, id } = await inviting();
    const table = createTable(api.client, messagesTable.TableName);
    const count = (memberCount: number) => table.update(keys.head(id), expression`SET memberCount = ${memberCount}`);
    await count(limits.groupMembers);
    expect(await accept(ben, id)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    await count(1);
    expect(await accept(ben, id)).toMatchObject({ status: 200 });
    expect(await membersOf(ann, id)).toContain(ben.id);
  });

  test('of a large group is accepted and declined as well', async () => {
    const [ann, ben, cara] = [await api.register('ann'), await api.register('ben'), await api.register('cara')];
    for (const person of [ben, cara]) await allow(person, 'nobody');
    const { id } = (
      await ann.call('POST /conversations', {
        body: { type: 'group', name: 'hall', memberIds: [ben.id, ...(await api.crowd(60)), cara.id] },
      })
    ).body;
    for (const person of [ben, cara])
      expect(await invitationsOf(person)).toMatchObject([{ memberCount: 61, by: ann.id }]);
    expect(await accept(ben, id)).toMatchObject({ status: 200, body: { memberCount: 62 } });
    expect(await decline(cara, id)).toMatchObject({ status: 204 });
    expect(await accept(cara, id)).toMatchObject({ status: 404 });
  });

  test('does not grow a row without bound: a person has 100 at a time, and strangers send 100 a day', async () => {
    const ben = await api.register('ben');
    await allow(ben, 'nobody');
    const friend = await api.register('friend');
    const attackers = await Promise.all(Array.from({ length: 4 }, () => api.register('eve')));
    await start(ben, friend);
    for (let round = 0; round < 30; round++)
      await Promise.all([...attackers.map((eve) => create(eve, ben)), ...(round < 5 ? [create(friend, ben)] : [])]);
    const all = await invitationsOf(ben);
    expect(all).toHaveLength(limits.invitations);
    expect(all.filter(({ by }) => by === friend.id)).toHaveLength(5);
  });

  test('is exported with those that were declined, and erased with the account', async () => {
    const { ann, ben, id } = await inviting();
    const { id: other } = (await create(ann, ben)).body;
    await decline(ben, other);
    await ben.confirm();
    expect((await ben.call('GET /users/me/export')).body.person).toMatchObject({
      invitations: [{ conversationId: id, by: ann.id }],
      declinedInvitations: [{ conversationId: other }],
    });
    await ben.call('DELETE /users/me');
    await api.erase({ userId: ben.id });
    const table = createTable(api.client, messagesTable.TableName);
    expect(await queryAll(table, { where: expression`pk = ${keys.user(ben.id)}` })).toEqual([]);
  });
});
