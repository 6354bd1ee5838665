import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteItemCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ListTagsOfResourceCommand,
  TagResourceCommand,
  UpdateContinuousBackupsCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { DeleteObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expression } from '#adapters/dynamo/expression.ts';
import { keys } from '#adapters/dynamo/messages/keys.ts';
import { createTable, type Item } from '#adapters/dynamo/table.ts';
import { type Recovery, restore } from '#bin/restore/restore.ts';
import { itemsOf } from '#bin/restore/scan.ts';
import type { Conversation } from '#protocol/conversations.ts';
import { tables } from '#test/helpers/accounts.ts';
import { type Api, type Person, password, startApi } from '#test/helpers/api.ts';
import { messagesTable } from '#test/helpers/chat.ts';

let api: Api;
let s3: S3Client;
let sqs: SQSClient;
beforeAll(async () => {
  api = await startApi();
  s3 = new S3Client({});
  sqs = new SQSClient({});
  api.s3.store.createBucket('media', true);
  for (const TableName of [...Object.values(tables), messagesTable.TableName])
    await api.database.send(
      new UpdateContinuousBackupsCommand({
        TableName,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      }),
    );
  const { Table } = await api.database.send(new DescribeTableCommand({ TableName: tables.users }));
  await api.database.send(new TagResourceCommand({ ResourceArn: Table?.TableArn, Tags: [tag] }));
  const TimeToLiveSpecification = { AttributeName: 'expiresAt', Enabled: true };
  await api.database.send(new UpdateTimeToLiveCommand({ TableName: tables.users, TimeToLiveSpecification }));
});
afterAll(() => api.stop());

const tag = { Key: 'service', Value: 'storm' };

const stack = (generation: string, names: Partial<Recovery['tables']> = {}): Recovery => ({
  stage: 'test',
  generation,
  maintenanceSeconds: '60',
  tables: {
    Connections: tables.connections,
    Messages: messagesTable.TableName,
    Users: tables.users,
    PresenceSubscriptions: tables.presenceSubscriptions,
    Media: tables.media,
    ...names,
  },
  mediaBucket: 'media',
  journalBucket: 'journal',
  queues: [process.env['PUSH_JOBS_QUEUE_URL'] ?? ''],
  socketEndpoint: api.gateway.httpUrl,
});

const clients = () => ({ dynamodb: api.database, s3, sqs });
const lines: string[] = [];
const log = (line: string) => void lines.push(line);

/** A moment that nothing happens in, between what was before and what comes after. */
async function moment(): Promise<Date> {
  await sleep(10);
  const now = new Date();
  await sleep(10);
  return now;
}

async function all(table: string): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of itemsOf(api.client, table)) items.push(item);
  return items;
}

/** The person after a new login. */
async function again(person: Person): Promise<string> {
  const { body } = await api.call('POST /auth/login', { body: { login: person.username, password } });
  return body.accessToken;
}

test('a service that is open is not restored', async () => {
  const open = { ...stack('1'), maintenanceSeconds: '' };
  await expect(restore(clients(), open, { to: new Date(), generation: 'x', log })).rejects.toThrow('shut it first');
});

test('written, damaged and restored, everything agrees, and what people asked for since stays done', async () => {
  const [ann, ben, cara, dora] = await Promise.all(['ann', 'ben', 'cara', 'dora'].map((name) => api.register(name)));
  if (!ann || !ben || !cara || !dora) throw new Error('nobody');
  const memberIds = [ben.id, cara.id, dora.id];
  const group: Conversation = (
    await ann.call('POST /conversations', { body: { type: 'group', name: 'all', memberIds } })
  ).body;
  const conversationId = group.id;
  const direct = (await ben.call('POST /conversations', { body: { type: 'direct', memberIds: [ann.id] } })).body;
  const [phone, laptop] = [await ann.open(), await cara.open()];
  const say = async (text: string, id = uuidv7()) => {
    const reply = await phone.ask({ action: 'message', id, conversationId, text, after: 0 });
    return { id, text, ok: reply.ok };
  };
  await say('one');
  await laptop.ask({ action: 'message', id: uuidv7(), conversationId, text: 'from cara' });
  // A file that a message has, another that nothing has any more when the moment comes, and a mark of a push.
  const media = createTable(api.client, tables.media);
  const [fileId, goneId] = [uuidv7(), uuidv7()];
  for (const id of [fileId, goneId]) {
    await s3.send(new PutObjectCommand({ Bucket: 'media', Key: `media/${id}/v/original`, Body: 'bytes' }));
    await media.put({
      pk: id,
      sk: 'media',
      ownerId: ann.id,
      status: 'ready',
      contentType: 'image/png',
      size: 5,
      uses: 1,
    });
  }
  await media.put({ pk: fileId, sk: `use#user#${ann.id}` });
  await media.put({ pk: goneId, sk: `use#conversation#${conversationId}#77` });
  const users = createTable(api.client, tables.users);
  const profile = await users.get({ pk: `user#${ann.id}`, sk: 'profile' });
  await users.put({ ...profile, avatarMediaId: fileId });
  await users.put({ pk: `user#${ben.id}`, sk: `pushed#x#${conversationId}`, seq: 2 });
  // A socket that the table doesn't know, as one may be that was opened while the others were closed.
  const straggler = await dora.open();
  const connections = createTable(api.client, tables.connections);
  await connections.update({ userId: dora.id }, expression`SET connections = ${{}}`);
  const to = await moment();

  const lost = await say('lost');
  expect(lost.ok).toMatchObject({ seq: 3 });
  await cara.confirm();
  expect((await cara.call('DELETE /users/me')).status).toBe(202);
  await ann.call('PUT /users/me/blocks/{id}', { params: { id: ben.id } });
  await ann.call('PUT /users/me/blocks/{id}', { params: { id: dora.id } });
  await ann.call('DELETE /users/me/blocks/{id}', { params: { id: dora.id } });
  await s3.send(new DeleteObjectCommand({ Bucket: 'media', Key: `media/${fileId}/v/original` }));
  await media.delete({ pk: fileId, sk: 'media' });
  const cursor = (await ben.call('POST /sync', { body: { cursors: {} } })).body.added[0];
  // Somebody deletes the heads of all conversations, and what is left goes on for a while.
  for (const { pk, sk } of await all(messagesTable.TableName))
    if (sk === 'head')
      await api.database.send(
        new DeleteItemCommand({ TableName: messagesTable.TableName, Key: { pk: { S: pk }, sk: { S: sk } } }),
      );

  await api.deploy({ MAINTENANCE_SECONDS: '60' });
  for (const QueueUrl of [...stack('1').queues, process.env['ERASURES_QUEUE_URL']])
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' }));
  const restored = await restore(clients(), stack('1'), { to, generation: '2', log });
  await phone.until((events) => events.some((event) => event.type === 'bye'));
  expect(phone.events.at(-1)).toMatchObject({
    type: 'bye',
    reason: 'maintenance',
    reconnect: true,
    retryAfterMs: 60_000,
  });

  // The tables have what a restored table lacks.
  expect(Object.keys(restored.tables)).toEqual(Object.keys(stack('1').tables));
  const of = (id: string) => `storm-test-2-${id}`;
  const { Table } = await api.database.send(new DescribeTableCommand({ TableName: of('Messages') }));
  expect(Table?.StreamSpecification).toEqual({ StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' });
  const inRegion = (arn = '') => arn.replace(/^arn:aws:dynamodb:[^:]+/, 'arn:aws:dynamodb:us-east-1');
  expect(restored.tables['Messages']).toEqual({
    tableArn: inRegion(Table?.TableArn),
    tableStreamArn: inRegion(Table?.LatestStreamArn),
  });
  const ttl = await api.database.send(new DescribeTimeToLiveCommand({ TableName: of('Users') }));
  expect(ttl.TimeToLiveDescription).toMatchObject({ AttributeName: 'expiresAt', TimeToLiveStatus: 'ENABLED' });
  for (const id of Object.keys(restored.tables)) {
    const backups = await api.database.send(new DescribeContinuousBackupsCommand({ TableName: of(id) }));
    const { PointInTimeRecoveryDescription } = backups.ContinuousBackupsDescription ?? {};
    expect(PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus).toBe('ENABLED');
  }
  const usersArn = (await api.database.send(new DescribeTableCommand({ TableName: of('Users') }))).Table?.TableArn;
  const { Tags } = await api.database.send(new ListTagsOfResourceCommand({ ResourceArn: usersArn }));
  expect(Tags).toEqual([tag]);
  // Jobs of the former tables are gone, and those that aren't about their numbers stay.
  const waiting = async (QueueUrl: string | undefined) =>
    (await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))).Messages?.length ?? 0;
  for (const url of stack('1').queues) expect(await waiting(url)).toBe(0);
  expect(await waiting(process.env['ERASURES_QUEUE_URL'])).toBeGreaterThan(0);
  // Nothing is under way any more.
  const kinds = new Set((await all(of('Users'))).map(({ sk }) => String(sk).split('#')[0]));
  for (const kind of ['family', 'token', 'pushed']) expect(kinds).not.toContain(kind);
  for (const row of await all(of('Connections'))) expect(row['connections']).toEqual({});
  expect(await all(of('PresenceSubscriptions'))).toEqual([]);

  await api.deploy({
    MAINTENANCE_SECONDS: '',
    GENERATION: '2',
    CONNECTIONS_TABLE: of('Connections'),
    MESSAGES_TABLE: of('Messages'),
    USERS_TABLE: of('Users'),
    PRESENCE_SUBSCRIPTIONS_TABLE: of('PresenceSubscriptions'),
    MEDIA_TABLE: of('Media'),
  });
  expect(await ben.call('POST /sync', { body: { cursors: {} } })).toMatchObject({ status: 401 });
  straggler.socket.send({ action: 'ping' });
  await straggler.until((events) => events.some(({ type }) => type === 'bye'));
  expect(straggler.events.at(-1)).toEqual({ type: 'bye', reason: 'maintenance', reconnect: true });
  const [annToken, benToken] = [await again(ann), await again(ben)];

  // A cursor of before leads to the state of a fresh fetch.
  const body = { cursors: { [conversationId]: cursor.lastSeq }, epochs: { [conversationId]: cursor.epoch } };
  const synced = (await api.call('POST /sync', { token: benToken, body })).body.conversations[0];
  const fresh = await api.call('GET /conversations/{id}/messages', { token: benToken, params: { id: conversationId } });
  expect(synced).toMatchObject({ epoch: '2', resync: true, more: false });
  const texts = (messages: { text: string }[]) => messages.map(({ text }) => text);
  const shown = synced.events.map(({ message }: { message: { text: string } }) => message);
  expect(shown).toEqual(fresh.body.messages);
  // Cara is erased again, and her message with her.
  expect(texts(fresh.body.messages)).toEqual(['one', '']);
  expect(await api.call('POST /auth/login', { body: { login: cara.username, password } })).toMatchObject({
    status: 401,
  });

  // What was lost comes back by its id, once.
  const device = await api.openSocket(annToken);
  const offer = () =>
    new Promise((resolve) => {
      device.webSocket.once('message', (data) => resolve(JSON.parse(String(data)).ok));
      device.send({ action: 'message', id: lost.id, conversationId, text: lost.text, after: 0 });
    });
  const first = await offer();
  expect(await offer()).toEqual(first);
  const after = await api.call('GET /conversations/{id}/messages', { token: benToken, params: { id: conversationId } });
  expect(texts(after.body.messages)).toEqual(['one', '', 'lost']);

  // Blocks since are there, as they were in the end.
  const blocks = await api.call('GET /users/me/blocks', { token: annToken });
  expect(blocks.body.userIds).toEqual([ben.id]);
  expect((await api.call('GET /conversations/{id}', { token: benToken, params: { id: direct.id } })).status).toBe(200);

  // The file is back with its row, and the use of a message that there isn't is gone.
  await s3.send(new HeadObjectCommand({ Bucket: 'media', Key: `media/${fileId}/v/original` }));
  expect((await all(of('Media'))).map(({ sk }) => sk).sort()).toEqual(['media', 'media', `use#user#${ann.id}`]);
});

test('what a restored table has only in part is repaired: heads, lists, voids, segments, claims', async () => {
  const TableName = messagesTable.TableName;
  const table = createTable(api.client, TableName);
  const id = uuidv7();
  const [owner, other, stranger] = [uuidv7(), uuidv7(), uuidv7()];
  const pk = keys.conversation(id);
  const head = { pk, sk: 'head', type: 'group', createdAt: 1, lastActivityAt: 5, revision: 1, memberCount: 2 };
  const change = (seq: number, n: number, type: string) => ({ ...keys.change(id, seq), n, type, sentAt: seq });
  // Of a large conversation the head is behind: its newest message, a void and a mark were restored, and the head's update wasn't.
  await table.put({ ...head, seq: 6, n: 6, lastMessageSeq: 6 });
  for (const seq of [5, 6, 8]) await table.put(change(seq, seq, 'message'));
  await table.put(change(7, 7, 'void'));
  const member = { o: 'm', t: 1, j: 0, q: 8, r: 8 };
  await table.put({ ...keys.member(id, owner), ...member, q: 9, r: 9, s: 9 });
  await table.put({ ...keys.member(id, other), ...member });
  await table.put(keys.membership(owner, id));
  await table.put(keys.membership(stranger, id));
  await table.put({ ...keys.segment(id, 0), through: 256 });
  await table.put({ ...keys.claim(id, owner, uuidv7()), seq: 9 });
  const to = await moment();
  lines.length = 0;
  await restore(clients(), stack('1'), { to, generation: '3', log });
  const repaired = createTable(api.client, 'storm-test-3-Messages');
  expect(await repaired.get(keys.head(id))).toMatchObject({
    seq: 9,
    n: 9,
    lastMessageSeq: 8,
    lastActivityAt: 8,
    voids: new Set([7]),
  });
  expect(await repaired.get(keys.membership(owner, id))).toBeDefined();
  expect(await repaired.get(keys.membership(other, id))).toBeDefined();
  expect(await repaired.get(keys.membership(stranger, id))).toBeUndefined();
  expect(await repaired.get(keys.segment(id, 0))).toBeUndefined();
  expect((await all('storm-test-3-Messages')).filter(({ pk }) => String(pk).startsWith('claim#'))).toEqual([]);
  expect(lines.find((line) => line.startsWith('repaired'))).toMatch(/1 segments, 1 claims/);
});
