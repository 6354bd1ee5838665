import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Sent } from '#protocol/frames.ts';
import { type Api, type Person, startApi } from '#test/helpers/api.ts';
import type { Device } from '#test/helpers/device.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

async function say(device: Device, conversationId: string, text: string): Promise<number> {
  return Sent.parse((await device.ask({ action: 'message', conversationId, text })).ok).seq;
}

async function history(person: Person, id: string) {
  return (await person.call('GET /conversations/{id}/messages', { params: { id } })).body.messages;
}

test('someone who deletes their account is gone at once, and then what they wrote', async () => {
  const [ann, ben] = [await api.register('ann'), await api.register('ben')];
  const [annDevice, benDevice] = [await ann.open(), await ben.open()];
  const body = { type: 'group', name: 'us', memberIds: [ben.id] };
  const { id } = (await ann.call('POST /conversations', { body })).body;
  const seq = await say(annDevice, id, 'a secret');
  await say(benDevice, id, 'no secret');
  await benDevice.ask({ action: 'react', conversationId: id, seq, emoji: '👍' });
  const seen = await history(ben, id);
  expect(seen[0]).toMatchObject({ text: 'a secret', reactions: [{ emoji: '👍' }] });

  await ann.confirm();
  expect(await ann.call('DELETE /users/me')).toMatchObject({ status: 202 });
  expect(annDevice.events.at(-1)).toEqual({ type: 'bye', reason: 'erased', reconnect: false });
  await annDevice.socket.closed;
  await expect(ann.open()).rejects.toThrow();
  const login = { body: { login: ann.username, password: 'a long enough secret' } };
  expect(await api.call('POST /auth/login', login)).toMatchObject({ status: 401 });
  expect(await ben.call('GET /users/{id}', { params: { id: ann.id } })).toMatchObject({ status: 404 });
  expect((await ben.call('GET /users', { query: { username: ann.username } })).body).toEqual({ users: [] });
  expect(await ann.call('GET /users/me')).toMatchObject({ status: 401 });
  expect(await ann.call('POST /conversations', { body })).toMatchObject({ status: 401 });
  expect(await ann.call('GET /users/me/export')).toMatchObject({ status: 401 });
  const again = { username: ann.username, email: `${ann.username}@example.com`, password: 'another secret' };
  // The address is free at once. The name rests, so that nobody takes it to pass for her.
  expect(await api.call('POST /auth/register', { body: again })).toMatchObject({ status: 409 });
  const renamed = { ...again, username: `${ann.username}2` };
  expect(await api.call('POST /auth/register', { body: renamed })).toMatchObject({ status: 201 });

  expect(await api.erase({ userId: ann.id })).toEqual({ batchItemFailures: [] });
  await benDevice.until((events) => events.some((event) => event.type === 'member' && event.change === 'erased'));
  const events = benDevice.events.flatMap((event) => (event.type === 'member' ? event : []));
  expect(events).toMatchObject([
    { userId: ben.id, change: 'role', role: 'owner' },
    { userId: ann.id, change: 'left' },
    { userId: ann.id, change: 'erased', at: expect.any(String) },
  ]);
  const [emptied, kept] = await history(ben, id);
  const { reactions: _, ...message } = seen[0];
  expect(emptied).toEqual({ ...message, text: '', deletedAt: events[2]?.at });
  expect(kept).toEqual(seen[1]);
  const sync = await ben.call('POST /sync', { body: { cursors: { [id]: 0 } } });
  expect(JSON.stringify(sync.body)).not.toContain('a secret');
  expect((await ben.call('GET /conversations/{id}', { params: { id } })).body).toMatchObject({
    members: [{ userId: ben.id, role: 'owner' }],
    memberCount: 1,
  });
  expect(await ann.call('GET /conversations/{id}/messages', { params: { id } })).toMatchObject({ status: 401 });
});

test('an erasure that fails comes again from the queue', async () => {
  const records = [{ messageId: 'one', body: 'no erasure' }];
  expect(await api.eraseRecords(records)).toEqual({ batchItemFailures: [{ itemIdentifier: 'one' }] });
});

test('an export has all that is kept about a person, each message once, and nothing of others', async () => {
  const [ann, ben] = [await api.register('ann'), await api.register('ben')];
  const [annDevice, benDevice] = [await ann.open(), await ben.open()];
  const ids: string[] = [];
  for (const body of [
    { type: 'direct', memberIds: [ben.id] },
    { type: 'group', name: 'us', memberIds: [ben.id] },
    { type: 'group', name: 'silent', memberIds: [] },
  ])
    ids.push((await ann.call('POST /conversations', { body })).body.id);
  const [direct = '', group = ''] = ids;
  const texts = Array.from({ length: 60 }, (_, i) => `text ${i}`);
  for (const [i, text] of texts.entries()) {
    await say(annDevice, i % 2 ? direct : group, text);
    await say(benDevice, i % 2 ? direct : group, 'by ben');
  }
  const seq = await say(annDevice, direct, 'first');
  for (const text of ['second', 'third']) await annDevice.ask({ action: 'edit', conversationId: direct, seq, text });
  await ann.call('DELETE /conversations/{id}/members/{userId}', { params: { id: group, userId: ann.id } });

  await ann.confirm();
  const pages = [];
  let cursor: string | null = null;
  do {
    const query: Record<string, string> = cursor === null ? {} : { cursor };
    const page = await ann.call('GET /users/me/export', { query });
    expect(page.status).toBe(200);
    pages.push(page.body);
    cursor = page.body.nextCursor;
  } while (cursor !== null);

  expect(pages[0].person).toMatchObject({
    user: { id: ann.id, email: `${ann.username}@example.com` },
    settings: { privateRead: false, invisible: false, pushText: true, whoMayAdd: 'everyone' },
    blocks: [],
    sessions: [{ id: api.familyOf(ann.token), device: 'a test', current: true }],
    activity: [],
  });
  expect((await ann.call('GET /users/me/activity')).body.events).toMatchObject([{ type: 'exported' }]);
  expect(pages[0].person.conversations.map(({ id }: { id: string }) => id).toSorted()).toEqual(ids.toSorted());
  const messages = pages.flatMap((page) => page.messages);
  expect(messages.map(({ message }) => message.text).toSorted()).toEqual([...texts, 'third'].toSorted());
  expect(messages.find(({ message }) => message.text === 'third')?.versions).toMatchObject([
    { text: 'first' },
    { text: 'second' },
  ]);
});

test('a cursor that was not given out is a bad request', async () => {
  const ann = await api.register('ann');
  await ann.confirm();
  const query = { cursor: `${uuidv7()}.x` };
  expect(await ann.call('GET /users/me/export', { query })).toMatchObject({ status: 400 });
});
