import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expression, name } from '#adapters/dynamo/expression.ts';
import { createMedia } from '#adapters/dynamo/media/media.ts';
import { changeSk, keys, memberKey, uuidBytes } from '#adapters/dynamo/messages/keys.ts';
import { createTable, type Item, type Table } from '#adapters/dynamo/table.ts';
import { tables } from '#test/helpers/accounts.ts';
import { type Api, type Person, startApi } from '#test/helpers/api.ts';
import { messagesTable } from '#test/helpers/chat.ts';
import type { Device } from '#test/helpers/device.ts';
import { writeAll } from '#test/helpers/fill.ts';

/** What a later version of this code may have stored, before it was rolled back to this one: decision 0071. */
let api: Api;
let table: Table;
let ann: Person;
let ben: Person;
let annDevice: Device;
let benDevice: Device;
let id: string;

const params = () => ({ params: { id } });

beforeAll(async () => {
  api = await startApi();
  table = createTable(api.client, messagesTable.TableName);
  [ann, ben] = [await api.register('ann'), await api.register('ben')];
  [annDevice, benDevice] = [await ann.open(), await ben.open()];
  const body = { type: 'group', name: 'us', memberIds: [ben.id] };
  id = (await ann.call('POST /conversations', { body })).body.id;
});
afterAll(() => api.stop());

/** Puts changes after the last one, as the version would that knows them; answers with the `seq` of the last. */
async function store(...changes: Item[]): Promise<number> {
  const grown = await table.update(keys.head(id), expression`SET seq = seq + ${changes.length}`);
  const { seq, n } = grown.item ?? {};
  const items = changes.map((change, i) => ({
    ...keys.change(id, Number(seq) - changes.length + 1 + i),
    n,
    ...change,
  }));
  await writeAll(api.client, table.name, items);
  return Number(seq);
}

const say = async (device: Device, text: string) =>
  Object(await device.ask({ action: 'message', conversationId: id, text })).ok.seq;

const by = () => uuidBytes(ann.id);

describe('changes of types and with values that are unknown', () => {
  test('are seen by nobody; what stands around them is, and the cursor passes them', async () => {
    const first = await say(annDevice, 'before');
    await store(
      { type: 'pinned', target: first, by: by() },
      { type: 'member', change: 'banned', userId: by(), by: by() },
    );
    const last = await say(benDevice, 'after');

    const { body: page } = await ann.call('GET /conversations/{id}/messages', params());
    expect(page.messages.map(({ text }: { text: string }) => text)).toEqual(['before', 'after']);
    const { body } = await ann.call('POST /sync', { body: { cursors: { [id]: 0 } } });
    expect(body.conversations).toMatchObject([{ lastSeq: last, more: false, events: [{ seq: first }, { seq: last }] }]);
    expect((await ann.call('GET /conversations')).body.conversations).toMatchObject([
      { id, lastSeq: last, unread: 1, lastMessage: { text: 'after' } },
    ]);
  });

  test('of any number are passed in one sync', async () => {
    const { lastSeq } = (await ann.call('GET /conversations/{id}', params())).body;
    await store(...Array.from({ length: 201 }, () => ({ type: 'pinned', target: 1, by: by() })));
    const { body } = await ann.call('POST /sync', { body: { cursors: { [id]: lastSeq } } });
    expect(body.conversations).toMatchObject([{ lastSeq: lastSeq + 201, events: [], more: false }]);
  });

  test('that are messages count as unread until somebody reads past them', async () => {
    await annDevice.ask({ action: 'receipt', conversationId: id, seq: await say(annDevice, 'now'), status: 'read' });
    const head = await table.update(keys.head(id), expression`SET n = n + ${1}, lastMessageSeq = seq + ${1}`);
    const seq = await store({ type: 'poll', senderId: uuidBytes(ben.id), n: head.item?.['n'] });
    expect((await ann.call('GET /conversations/{id}', params())).body).toMatchObject({ unread: 1, lastSeq: seq });
    await annDevice.ask({ action: 'receipt', conversationId: id, seq, status: 'read' });
    expect((await ann.call('GET /conversations/{id}', params())).body).toMatchObject({ unread: 0, lastSeq: seq });
  });

  test('hold up neither the functions behind the stream, nor the search, nor the export', async () => {
    await store(
      { type: 'pinned', target: 1, by: by(), fanout: true },
      { type: 'conversation', name: 'renamed', history: 'week', fanout: true },
    );
    await benDevice.until((events) =>
      events.some((event) => event.type === 'conversation' && event.name === 'renamed' && event.history === 'joined'),
    );
    const seq = await say(benDevice, 'words to find');
    await annDevice.ask({ action: 'receipt', conversationId: id, seq, status: 'read' });
    await benDevice.until((events) => events.some((event) => event.type === 'receipt' && event.read === seq));
    const indexed = JSON.stringify({ conversationId: id, segment: 0 });
    await store(...Array.from({ length: 256 - seq }, () => ({ type: 'pinned', target: 1, by: by() })));
    expect(await api.index([indexed])).toEqual({ batchItemFailures: [] });
    const found = await ann.call('GET /search', { query: { q: 'words to' } });
    expect(found.body.hits).toMatchObject([{ message: { seq } }]);
    await ben.confirm();
    const { body } = await ben.call('GET /users/me/export');
    const exported = await ben.call('GET /users/me/export', { query: { cursor: body.nextCursor } });
    expect(exported.body.messages).toHaveLength(2);
  });
});

test('unknown values and attributes of a head and its members read as what allows least', async () => {
  const [annKey, benKey] = [memberKey(ann.id), memberKey(ben.id)];
  await table.update(
    keys.head(id),
    expression`SET ${name('type')} = ${'channel'}, history = ${'week'}, pinnedSeq = ${1}, m.${name(benKey)}.o = ${'x'}, m.${name(annKey)}.nick = ${'A'}`,
  );
  await table.update(keys.membership(ann.id, id), expression`SET muted = ${'until noon'}`);
  expect((await ann.call('GET /conversations/{id}', params())).body).toMatchObject({
    type: 'group',
    history: 'joined',
    muted: true,
    members: [
      { userId: ann.id, role: 'owner' },
      { userId: ben.id, role: 'member' },
    ],
  });
  expect(await say(benDevice, 'still here')).toBeGreaterThan(256);
});

test('unknown settings read as what shows least of a person', async () => {
  await createTable(api.client, tables.connections).update(
    { userId: ben.id },
    expression`SET privateRead = ${'friends'}, invisible = ${'friends'}, pushText = ${'short'}, whoMayAdd = ${'friends'}, theme = ${'sepia'}, ${name('language')} = ${'de'}, font = ${'serif'}`,
  );
  const least = {
    privateRead: true,
    invisible: true,
    pushText: false,
    whoMayAdd: 'nobody',
    language: 'en',
    theme: 'system',
  };
  expect((await ben.call('GET /users/me/settings')).body).toEqual(least);
});

test('a file of an unknown type and state is there, and not to be used', async () => {
  const media = createMedia(api.client, createTable(api.client, tables.media));
  const { id: mediaId } = await api.addFile(ben.id, id);
  await createTable(api.client, tables.media).update(
    { pk: mediaId, sk: 'media' },
    expression`SET ${name('status')} = ${'scanning'}, contentType = ${'image/jxl'}`,
  );
  expect(await media.get(mediaId)).toMatchObject({ status: 'pending', contentType: 'image/jxl' });
  const reply = await benDevice.ask({ action: 'message', conversationId: id, mediaIds: [mediaId] });
  expect(reply.error).toMatchObject({ code: 'conflict' });
});

test('a subscription of an unknown kind is left alone', async () => {
  const users = createTable(api.client, tables.users);
  const sk = `push#${'x'.repeat(22)}`;
  await users.put({ pk: `user#${ben.id}`, sk, kind: 'watch', familyId: api.familyOf(ben.token), createdAt: 1 });
  const body = { endpoint: 'https://push.example/1', keys: { p256dh: point, auth: 'a'.repeat(22) } };
  expect(await ben.call('POST /push/subscriptions', { body })).toMatchObject({ status: 201 });
  expect(await users.get({ pk: `user#${ben.id}`, sk })).toBeDefined();
});

test('who is erased is taken out of a conversation with unknown changes', async () => {
  await ann.confirm();
  await ann.call('DELETE /users/me');
  expect(await api.erase({ userId: ann.id })).toEqual({ batchItemFailures: [] });
  const { body } = await ben.call('GET /conversations/{id}/messages', { ...params(), query: { limit: '100' } });
  const theirs = body.messages.filter(({ senderId }: { senderId: string }) => senderId === ann.id);
  expect(new Set(theirs.map(({ text }: { text: string }) => text))).toEqual(new Set(['']));
  expect(await table.get({ pk: keys.conversation(id), sk: changeSk(2) })).toMatchObject({ type: 'pinned' });
});

/** A point of P-256, in base64url. */
const point = 'BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM';
