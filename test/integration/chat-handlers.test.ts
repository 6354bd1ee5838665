import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { expression } from '#adapters/dynamo/expression.ts';
import { keys } from '#adapters/dynamo/messages/keys.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import type { Delivery } from '#adapters/queues/deliveries.ts';
import { type Conversation, Conversations } from '#protocol/conversations.ts';
import { limits } from '#protocol/limits.ts';
import { type Api, type Person, startApi } from '#test/helpers/api.ts';
import { messagesTable } from '#test/helpers/chat.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

async function people(count: number): Promise<Person[]> {
  return Promise.all(Array.from({ length: count }, () => api.register()));
}

async function two(): Promise<[Person, Person]> {
  return [await api.register('ann'), await api.register('ben')];
}

async function direct(a: Person, b: Person): Promise<Conversation> {
  return (await a.call('POST /conversations', { body: { type: 'direct', memberIds: [b.id] } })).body;
}

async function group(owner: Person, ...others: Person[]): Promise<Conversation> {
  const memberIds = others.map(({ id }) => id);
  return (await owner.call('POST /conversations', { body: { type: 'group', name: 'all of us', memberIds } })).body;
}

describe('a message', () => {
  test('with an old id, in a conversation that has changed too often since, is stale', async () => {
    const [ann, ben] = await two();
    const { id: conversationId } = await direct(ann, ben);
    const device = await ann.open();
    const [older, newer] = [uuidv7(), uuidv7()];
    await device.ask({ action: 'message', id: newer, conversationId, text: 'hello' });
    const messages = createTable(api.client, messagesTable.TableName);
    await messages.update(keys.head(conversationId), expression`SET seq = ${limits.staleChanges + 1}`);
    const reply = await device.ask({ action: 'message', id: older, conversationId, text: 'too late' });
    expect(reply.error).toMatchObject({ code: 'stale' });
  });

  test('is acked to its sender and pushed to every other device of every member', async () => {
    const [ann, ben] = await two();
    const { id: conversationId } = await direct(ann, ben);
    const devices = await Promise.all([ann.open(), ann.open(), ben.open(), ben.open()]);
    const [annPhone, annLaptop, benPhone, benLaptop] = devices;
    const id = uuidv7();
    const reply = await annPhone?.ask({ action: 'message', id, conversationId, text: 'hello' });
    expect(reply).toEqual({ re: id, ok: { seq: 1, sentAt: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/) } });
    for (const device of [annLaptop, benPhone, benLaptop]) {
      await device?.until((events) => events.length > 0);
      expect(device?.events).toEqual([
        {
          type: 'message',
          conversationId,
          seq: 1,
          message: {
            seq: 1,
            n: 1,
            senderId: ann.id,
            clientId: id,
            text: 'hello',
            media: [],
            replyTo: null,
            sentAt: expect.any(String),
          },
        },
      ]);
    }
    expect(annPhone?.events).toEqual([]);
  });

  test('with an old id is found after a restore, although the client knew of later changes than there are', async () => {
    const [ann, ben] = await two();
    const { id: conversationId } = await direct(ann, ben);
    const device = await ann.open();
    const [older, newer] = [uuidv7(), uuidv7()];
    const seqs: unknown[] = [];
    for (const [id, after] of [
      [older, 0],
      [newer, 1],
      [older, 90],
    ])
      seqs.push((await device.ask({ action: 'message', id, conversationId, text: 'hello', after })).ok);
    expect(seqs).toMatchObject([{ seq: 1 }, { seq: 2 }, { seq: 1 }]);
  });

  test('sent again with the same id gets the same answer, and with other content a conflict', async () => {
    const [ann, ben] = await two();
    const { id: conversationId } = await direct(ann, ben);
    const device = await ann.open();
    const frame = { action: 'message', id: uuidv7(), conversationId, text: 'once', after: 0 };
    const first = await device.ask(frame);
    const copies = await Promise.all([device, await ann.open(), await ann.open()].map((one) => one.ask(frame)));
    for (const copy of copies) expect(copy).toEqual(first);
    expect(await device.ask({ ...frame, text: 'twice' })).toMatchObject({ error: { code: 'conflict' } });
    const { body } = await ben.call('GET /conversations/{id}/messages', { params: { id: conversationId } });
    expect(body).toMatchObject({ messages: [{ seq: 1, text: 'once' }], hasMore: false });
  });

  test('is refused from those who are no members, and for what is no conversation', async () => {
    const [ann, ben] = await two();
    const stranger = await (await api.register('carl')).open();
    const { id: conversationId } = await direct(ann, ben);
    expect(await stranger.ask({ action: 'message', conversationId, text: 'hi' })).toMatchObject({
      error: { code: 'forbidden', temporary: false },
    });
    expect(await stranger.ask({ action: 'message', conversationId: uuidv7(), text: 'hi' })).toMatchObject({
      error: { code: 'not_found' },
    });
  });

  test.each([
    ['no text', {}],
    ['blank text', { text: ' \n ' }],
    ['4 001 characters', { text: 'x'.repeat(4001) }],
    ['a lone surrogate', { text: '\ud800' }],
    ['a field that is not known', { text: 'x', colour: 'red' }],
    ['an id that is no UUID', { id: 'one', text: 'x' }],
  ])('with %s is a bad request', async (_, fields) => {
    const [ann, ben] = await two();
    const { id: conversationId } = await direct(ann, ben);
    const device = await ann.open();
    expect(await device.ask({ action: 'message', conversationId, ...fields })).toMatchObject({
      error: { code: 'bad_request' },
    });
  });

  test('may have 4 000 characters outside the basic plane, and is stored in NFC', async () => {
    const [ann, ben] = await two();
    const { id: conversationId } = await direct(ann, ben);
    const device = await ann.open();
    expect(await device.ask({ action: 'message', conversationId, text: '🌩'.repeat(4000) })).toHaveProperty('ok');
    expect(await device.ask({ action: 'message', conversationId, text: 'cafe\u0301' })).toHaveProperty('ok');
    const { body } = await ann.call('GET /conversations/{id}/messages', { params: { id: conversationId } });
    expect(body.messages[1].text).toBe('caf\u00e9');
  });

  test('that API Gateway does not take now waits in a queue, from which it is delivered', async () => {
    const [ann, ben] = await two();
    const { id: conversationId } = await direct(ann, ben);
    const [annDevice, benDevice] = [await ann.open(), await ben.open()];
    const { faults } = api.gateway.world;
    onTestFinished(() => faults.clear());
    faults.add({ target: 'APIGATEWAYMANAGEMENTAPI', kind: 'down' });
    const reply = await annDevice.ask({ action: 'message', conversationId, text: 'late' });
    expect(reply).toMatchObject({ ok: { seq: 1 } });
    const [waiting] = await api.deliveries();
    expect(waiting).toMatchObject({ connections: [{ userId: ben.id }], tries: 1 });
    const record = (delivery: Delivery | undefined) => ({ messageId: 'one', body: JSON.stringify(delivery) });
    const last = waiting && { ...waiting, tries: 5 };
    expect(await api.post([record(last)])).toEqual({ batchItemFailures: [{ itemIdentifier: 'one' }] });
    faults.clear();
    expect(await api.post([record(waiting)])).toEqual({ batchItemFailures: [] });
    await benDevice.until((events) => events.length > 0);
    expect(benDevice.messages).toEqual(['late']);
  });
});

describe('a socket', () => {
  test.each([
    ['no JSON', 'hello', null],
    ['no object', '[1]', null],
    ['an unknown action', '{"action":"dance","id":"7"}', '7'],
    ['no action', '{"id":"8"}', '8'],
    ['an id that is a number', '{"action":"dance","id":9}', 9],
  ])('gets an error reply for a frame that is %s, and stays open', async (_, frame, re) => {
    const device = await (await api.register()).open();
    device.socket.send(frame);
    expect(await device.socket.nextJson()).toMatchObject({ re, error: { code: 'bad_request', temporary: false } });
    device.socket.send(frame);
    expect(await device.socket.nextJson()).toMatchObject({ re });
  });

  test('that closes is forgotten, and one that is found gone as well', async () => {
    const [ann, ben] = await two();
    const { id: conversationId } = await direct(ann, ben);
    const [annDevice, benDevice] = [await ann.open(), await ben.open()];
    const connections = () => api.sessions.connectionsOf([ben.id], Date.now());
    expect(await connections()).toHaveLength(1);
    benDevice.socket.webSocket.close();
    await expect.poll(connections).toEqual([]);
    const gone = { userId: ben.id, connectionId: 'L0SM9cOFvHcCIhw=', familyId: 'none' };
    await api.sessions.connect(gone, Date.now() - 120_000);
    expect(await annDevice.ask({ action: 'message', conversationId, text: 'anyone?' })).toHaveProperty('ok');
    await expect.poll(connections).toEqual([]);
  });

  test('that is just opening, and so not to be reached yet, is not taken for gone', async () => {
    const [ann, ben] = await two();
    const { id: conversationId } = await direct(ann, ben);
    const annDevice = await ann.open();
    const opening = { userId: ben.id, connectionId: 'L0SM9cOFvHcCIhw=', familyId: 'none' };
    await api.sessions.connect(opening, Date.now());
    expect(await annDevice.ask({ action: 'message', conversationId, text: 'anyone?' })).toHaveProperty('ok');
    expect(await api.sessions.connectionsOf([ben.id], Date.now())).toMatchObject([opening]);
  });

  test('entries of sockets older than a socket can live do not count, and go at the next connect', async () => {
    const ann = await api.register();
    const old = Date.now() - 3 * 3600 * 1000;
    await api.sessions.connect({ userId: ann.id, connectionId: 'old', familyId: 'f' }, old);
    expect(await api.sessions.connectionsOf([ann.id], Date.now())).toEqual([]);
    await ann.open();
    expect(await api.sessions.connectionsOf([ann.id], old)).toHaveLength(1);
  });
});

describe('receipts', () => {
  test('reading lowers unread to what is left, never goes back, and is seen by the others and by own devices', async () => {
    const [ann, ben] = await two();
    const { id: conversationId } = await direct(ben, ann);
    const [annDevice, benPhone, benLaptop] = [await ann.open(), await ben.open(), await ben.open()];
    for (const text of ['1', '2', '3']) await annDevice.ask({ action: 'message', conversationId, text });
    const unread = async () =>
      (await ben.call('GET /conversations/{id}', { params: { id: conversationId } })).body.unread;
    expect(await unread()).toBe(3);
    expect(await benPhone.ask({ action: 'receipt', conversationId, seq: 2, status: 'read' })).toMatchObject({ ok: {} });
    expect(await unread()).toBe(1);
    await benPhone.ask({ action: 'receipt', conversationId, seq: 1, status: 'read' });
    expect(await unread()).toBe(1);
    await benPhone.ask({ action: 'receipt', conversationId, seq: 3, status: 'delivered' });
    for (const device of [annDevice, benPhone, benLaptop]) {
      const last = () => device.events.findLast((event) => event.type === 'receipt');
      await device.until(() => last()?.delivered === 3);
      expect(last()).toEqual({ type: 'receipt', conversationId, userId: ben.id, delivered: 3, read: 2 });
    }
  });

  test('past the end count up to the end; from others they are refused', async () => {
    const [ann, ben] = await two();
    const { id: conversationId } = await direct(ann, ben);
    const [annDevice, benDevice] = [await ann.open(), await ben.open()];
    await annDevice.ask({ action: 'message', conversationId, text: '1' });
    await benDevice.ask({ action: 'receipt', conversationId, seq: 1000, status: 'read' });
    await annDevice.ask({ action: 'message', conversationId, text: '2' });
    const { body } = await ben.call('GET /conversations/{id}', { params: { id: conversationId } });
    expect(body).toMatchObject({ unread: 1, readSeq: 1 });
    const stranger = await (await api.register()).open();
    const receipt = { action: 'receipt', conversationId, seq: 1, status: 'read' };
    expect(await stranger.ask(receipt)).toMatchObject({ error: { code: 'forbidden' } });
  });
});

describe('conversations over HTTP', () => {
  test('a direct one is made once and found again', async () => {
    const [ann, ben] = await two();
    const body = { type: 'direct', memberIds: [ben.id] };
    const made = await ann.call('POST /conversations', { body });
    const found = await ben.call('POST /conversations', { body: { type: 'direct', memberIds: [ann.id] } });
    expect(made.status).toBe(201);
    expect(found.status).toBe(200);
    expect(found.body.id).toBe(made.body.id);
    expect(made.body).toMatchObject({
      type: 'direct',
      name: null,
      lastSeq: 0,
      unread: 0,
      lastMessage: null,
      muted: false,
    });
  });

  test('are told to their members live, and listed with the latest activity first', async () => {
    const [ann, ben] = await two();
    const benDevice = await ben.open();
    const first = await group(ann, ben);
    const second = await group(ann, ben);
    await benDevice.until((events) => events.length === 2);
    expect(benDevice.events[0]).toMatchObject({ type: 'conversation', conversationId: first.id, seq: 0 });
    await benDevice.ask({ action: 'message', conversationId: first.id, text: 'newest' });
    const page = async (query: Record<string, string>) =>
      Conversations.parse((await ann.call('GET /conversations', { query })).body);
    const { conversations, nextCursor } = await page({ limit: '1' });
    expect(conversations).toMatchObject([{ id: first.id, unread: 1, lastMessage: { text: 'newest' } }]);
    const rest = await page({ limit: '1', cursor: nextCursor ?? '' });
    expect(rest).toMatchObject({ conversations: [{ id: second.id }], nextCursor: null });
  });

  test('exist for their members only', async () => {
    const [ann, ben] = await two();
    const stranger = await api.register();
    const { id } = await direct(ann, ben);
    for (const route of [
      'GET /conversations/{id}',
      'GET /conversations/{id}/messages',
      'GET /conversations/{id}/members',
    ]) {
      expect(await stranger.call(route, { params: { id } }), route).toMatchObject({
        status: 403,
        body: { code: 'forbidden' },
      });
      expect(await stranger.call(route, { params: { id: uuidv7() } }), route).toMatchObject({ status: 404 });
      expect(await stranger.call(route, { params: { id: 'nonsense' } }), route).toMatchObject({ status: 404 });
      expect(await api.call(route, { params: { id } }), route).toMatchObject({ status: 401 });
    }
  });

  test('need members who exist', async () => {
    const ann = await api.register();
    const body = { type: 'group', name: 'ghosts', memberIds: [uuidv7()] };
    expect(await ann.call('POST /conversations', { body })).toMatchObject({ status: 404, body: { code: 'not_found' } });
    const nobody = { type: 'direct', memberIds: [uuidv7()] };
    expect(await ann.call('POST /conversations', { body: nobody })).toMatchObject({ status: 404 });
  });

  test('someone who is removed gets nothing from then on, on sockets that are open', async () => {
    const [ann, ben, carl] = await people(3);
    if (!ann || !ben || !carl) throw new Error('no people');
    const { id } = await group(ann, ben, carl);
    const [annDevice, benDevice, carlDevice] = [await ann.open(), await ben.open(), await carl.open()];
    const removed = await ann.call('DELETE /conversations/{id}/members/{userId}', { params: { id, userId: carl.id } });
    expect(removed.status).toBe(204);
    await annDevice.ask({ action: 'message', conversationId: id, text: 'he is gone' });
    await benDevice.until((events) => events.some(({ type }) => type === 'message'));
    await carlDevice.until((events) => events.length > 0);
    expect(carlDevice.events).toMatchObject([{ type: 'member', userId: carl.id, change: 'removed', by: ann.id }]);
    expect(await carl.call('GET /conversations/{id}/messages', { params: { id } })).toMatchObject({ status: 403 });
    expect((await carl.call('POST /sync', { body: { cursors: { [id]: 0 } } })).body).toMatchObject({ removed: [id] });
    expect((await carl.call('GET /conversations')).body.conversations).toEqual([]);
  });

  test('members are added, given roles, muted and named, each change seen live', async () => {
    const [ann, ben, carl] = await people(3);
    if (!ann || !ben || !carl) throw new Error('no people');
    const { id } = await group(ann, ben);
    const [annDevice, benDevice] = [await ann.open(), await ben.open()];
    const member = (userId: string) => ({ params: { id, userId } });
    const route = 'PATCH /conversations/{id}/members/{userId}';
    expect(
      (await ann.call('POST /conversations/{id}/members', { params: { id }, body: { userIds: [carl.id] } })).status,
    ).toBe(200);
    expect((await ann.call(route, { ...member(ben.id), body: { role: 'admin' } })).status).toBe(200);
    expect(
      (await ben.call('PATCH /conversations/{id}', { params: { id }, body: { name: 'new name' } })).body.name,
    ).toBe('new name');
    expect((await ben.call(route, { ...member(ben.id), body: { muted: true } })).body.muted).toBe(true);
    expect(await ann.call(route, { ...member(ben.id), body: { muted: true } })).toMatchObject({ status: 403 });
    expect((await carl.call('GET /conversations/{id}', { params: { id } })).body).toMatchObject({
      muted: false,
      memberCount: 3,
    });
    await benDevice.until((events) => events.length === 4);
    expect(benDevice.events).toMatchObject([
      { type: 'member', seq: 1, userId: carl.id, change: 'added' },
      { type: 'member', seq: 2, userId: ben.id, change: 'role' },
      { type: 'conversation', seq: 3, name: 'new name' },
      { type: 'muted', conversationId: id, muted: true },
    ]);
    const synced = async ({ call }: Person) =>
      (await call('POST /sync', { body: { cursors: { [id]: 0 } } })).body.conversations[0];
    expect(await synced(ben)).toMatchObject({ events: benDevice.events.slice(0, 3), muted: true });
    expect(await synced(ann)).toMatchObject({ events: annDevice.events, muted: false });
  });

  test('a small group lists its members in one order and pages through them', async () => {
    const everyone = await people(8);
    const [owner, ...others] = everyone;
    if (!owner) throw new Error('no owner');
    const { id, members } = await group(owner, ...others.reverse());
    const inOrder = everyone.map((person) => person.id).sort();
    expect(members.map(({ userId }) => userId)).toEqual(inOrder);
    const page = async (query: Record<string, string>) =>
      (await owner.call('GET /conversations/{id}/members', { params: { id }, query })).body;
    const first = await page({ limit: '7' });
    expect(first.members.map(({ userId }: { userId: string }) => userId)).toEqual(inOrder.slice(0, 7));
    const last = await page({ limit: '7', cursor: first.nextCursor });
    expect(last).toMatchObject({ members: [{ userId: inOrder[7] }], nextCursor: null });
  });

  test('a large group lists its first 50 members and pages through all', async () => {
    const everyone = await people(60);
    const [owner, ...others] = everyone;
    if (!owner) throw new Error('no owner');
    const conversation = await group(owner, ...others);
    expect(conversation).toMatchObject({ memberCount: 60 });
    expect(conversation.members).toHaveLength(50);
    const found: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const query = { limit: '25', ...(cursor && { cursor }) };
      const { body } = await owner.call('GET /conversations/{id}/members', { params: { id: conversation.id }, query });
      found.push(...body.members.map(({ userId }: { userId: string }) => userId));
      cursor = body.nextCursor ?? undefined;
      if (!cursor) break;
    }
    expect(found.sort()).toEqual(everyone.map(({ id }) => id).sort());
    const last = others.at(-1);
    const [ownerDevice, lastDevice] = [await owner.open(), await last?.open()];
    await lastDevice?.ask({ action: 'message', conversationId: conversation.id, text: 'hello all' });
    await ownerDevice.until((events) => events.some(({ type }) => type === 'message'));
    expect(ownerDevice.messages).toEqual(['hello all']);
  });

  test('a body or a query that does not fit is a problem document', async () => {
    const ann = await api.register();
    const answer = await ann.call('POST /conversations', { body: { type: 'group', name: '', memberIds: [] } });
    expect(answer.body).toEqual({
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      detail: 'name: must have 1 to 100 characters; name: must not be blank',
      code: 'bad_request',
      temporary: false,
    });
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(await ann.call('POST /sync', { body: { cursors: { nonsense: 1 } } })).toMatchObject({ status: 400 });
  });

  test('a problem names the fields, in few words however many they are', async () => {
    const ann = await api.register();
    const detail = async (body: unknown) => (await ann.call('POST /sync', { body })).body.detail;
    expect(await detail({ cursors: {}, all: true })).toBe('Unrecognized key: "all"');
    expect(await detail({})).toBe('cursors: Invalid input: expected record, received undefined');
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`field-${i}`, i]));
    expect(await detail(many)).toHaveLength(500);
  });

  test.each([
    ['GET /conversations', { limit: '101' }],
    ['GET /conversations', { limit: '' }],
    ['GET /conversations', { cursor: 'made-up' }],
    ['GET /conversations/{id}/messages', { before: '' }],
    ['GET /conversations/{id}/messages', { after: '-1' }],
    ['GET /conversations/{id}/messages', { before: '1e2' }],
  ])('%s with %o is a bad request', async (route, query) => {
    const [ann, ben] = await two();
    const params = { id: (await direct(ann, ben)).id };
    const refused = await ann.call(route, { query, ...(route.includes('{id}') && { params }) });
    expect(refused).toMatchObject({ status: 400, body: { code: 'bad_request' } });
  });
});

test('while the service is shut, calls, frames and connects are refused with a time to wait, but its health is told', async () => {
  const ann = await api.register('ann');
  const device = await ann.open();
  onTestFinished(() => {
    delete process.env['MAINTENANCE_SECONDS'];
  });
  process.env['MAINTENANCE_SECONDS'] = '60';
  const error = { code: 'maintenance', temporary: true };
  const { error: refusal } = await device.ask({ action: 'typing', conversationId: uuidv7(), typing: true });
  expect(refusal).toMatchObject(error);
  expect(refusal?.retryAfterMs).toBeGreaterThanOrEqual(60_000);
  expect(refusal?.retryAfterMs).toBeLessThanOrEqual(120_000);
  const answer = await ann.call('POST /sync', { body: { cursors: {} } });
  expect(answer).toMatchObject({ status: 503, body: error });
  expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(60);
  await expect(ann.open()).rejects.toThrow('503');
  expect(await api.call('GET /health')).toMatchObject({ status: 200 });
});
