import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 } from 'uuid';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import * as z from 'zod/mini';
import { overSdk } from '#adapters/dynamo/sdk-client.ts';
import { metrics } from '#core/metrics.ts';
import { segmentSize } from '#core/search/segment.ts';
import { probeMinute } from '#lib/idle-cost.ts';
import { questions } from '#lib/questions.ts';
import { dynamoDbClient } from '#local/test/helpers/dynamodb.ts';
import { startTestStack, type TestStack } from '#local/test/helpers/stack.ts';
import { TestSocket } from '#local/test/helpers/websocket-client.ts';
import { Session } from '#protocol/accounts.ts';
import { Conversation } from '#protocol/conversations.ts';
import { LoginSessions } from '#protocol/credentials.ts';
import { Sent } from '#protocol/frames.ts';
import { limits } from '#protocol/limits.ts';
import { Upload } from '#protocol/media.ts';
import { Subscribed } from '#protocol/push.ts';
import { Receipts } from '#protocol/receipts.ts';
import { Device } from '#test/helpers/device.ts';
import { recordDynamoDb, Template } from '#test/helpers/dynamodb-recorder.ts';
import { picture } from '#test/helpers/files.ts';
import { fillWithConversations, fillWithMessages } from '#test/helpers/fill.ts';
import { field, fieldsOf, filtered } from '#test/helpers/insights.ts';
import { type Line, lineOf } from '#test/helpers/log.ts';
import { startPushService } from '#test/helpers/push-service.ts';
import { put } from '#test/helpers/uploads.ts';

const assembly = mkdtempSync(join(tmpdir(), 'assembly-'));
const templateFile = join(assembly, 'storm-dev.template.json');
let stack: TestStack;
let recorder: Awaited<ReturnType<typeof recordDynamoDb>>;
/** What the functions have logged. */
const lines: Line[] = [];
/** A message, and a person, whom questions to the log are about. */
const asked = { message: v7(), person: '' };
/** What a person has at once, so that one more is refused. `frames` are two with 50 receipts each. */
const few = {
  searches: { perSecond: 0.001, burst: 4 },
  frames: { perSecond: 0.001, burst: 2 * limits.receiptsPerFrame },
  refusedFrames: { perSecond: 0.001, burst: 1 },
};

beforeAll(async () => {
  cpSync(inject('assembly'), assembly, { recursive: true });
  const template = readFileSync(templateFile, 'utf8');
  writeFileSync(
    templateFile,
    Object.entries(few).reduce(
      (text, [name, rate]) =>
        text.replaceAll(
          new RegExp(String.raw`(\\"${name}\\":)\{.*?\}`, 'g'),
          (_, key) => key + JSON.stringify(JSON.stringify(rate)).slice(1, -1),
        ),
      template,
    ),
  );
  recorder = await recordDynamoDb(templateFile, () => stack.world);
  const debug = (text: string) => lines.push(...[lineOf(text.slice(text.indexOf(': ') + 2)) ?? []].flat());
  stack = await startTestStack(assembly, { log: { info() {}, debug, warn() {} } });
});
afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await recorder?.stop();
  rmSync(assembly, { recursive: true });
});

const Statement = z.object({
  Action: z.union([z.string(), z.array(z.string())]),
  Resource: z.unknown(),
});
const Policy = z.object({
  PolicyDocument: z.object({ Statement: z.array(Statement) }),
  Roles: z.array(z.object({ Ref: z.string() })),
});
const MetricsLine = z.object({
  _aws: z.object({
    CloudWatchMetrics: z.array(z.object({ Metrics: z.array(z.object({ Name: z.string(), Unit: z.string() })) })),
  }),
});
const Mails = z.object({ mails: z.array(z.object({ to: z.array(z.string()), text: z.string() })) });
const OfRole = z.object({ Role: z.object({ 'Fn::GetAtt': z.array(z.string()) }) });

function ofType(type: string) {
  const { Resources } = Template.parse(JSON.parse(readFileSync(templateFile, 'utf8')));
  return Object.entries(Resources).filter(([, { Type }]) => Type === type);
}

/** `function action table`, by their ids in the template, for all that the roles allow in DynamoDB. */
function grants(): Set<string> {
  const tables = ofType('AWS::DynamoDB::Table').map(([id]) => id);
  const granted = new Set<string>();
  for (const [functionId, { Properties }] of ofType('AWS::Lambda::Function')) {
    const [role] = OfRole.parse(Properties).Role['Fn::GetAtt'];
    for (const [, policy] of ofType('AWS::IAM::Policy')) {
      const { PolicyDocument, Roles } = Policy.parse(policy.Properties);
      if (!Roles.some(({ Ref }) => Ref === role)) continue;
      // A stream is read by Lambda itself.
      for (const { Action, Resource } of PolicyDocument.Statement)
        for (const table of tables.filter((id) => JSON.stringify(Resource).includes(`["${id}","Arn"]`)))
          for (const action of [Action].flat())
            granted.add(`${functionId} ${action.replace('dynamodb:', '')} ${table}`);
    }
  }
  return granted;
}

/** A well-formed id that the gateway never gave out. */
const ghost = 'AAAAAAAAAAAAAAA=';

async function invoke(name: string, event: object): Promise<void> {
  const [id] = ofType('AWS::Lambda::Function').find(([logicalId]) => logicalId.startsWith(name)) ?? [];
  const { functionError } = await stack.functions.invoke(`storm-dev-${id}`, event);
  expect(functionError).toBeUndefined();
}

/** Notes a socket that then vanishes without a `$disconnect`. */
function ghostOf(userId: string): Promise<void> {
  const authorizer = { userId, familyId: 'lost' };
  return invoke('Connect', { requestContext: { connectionId: ghost, requestId: 'lost', authorizer } });
}

/** Does what people do, once each. */
async function talk(): Promise<void> {
  const { HttpUrl = '', WsUrl = '' } = stack.outputs['storm-dev'] ?? {};

  async function call(method: string, path: string, token?: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${HttpUrl}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer = await response.text();
    if (response.status >= 500) throw new Error(`${method} ${path}: ${response.status} ${answer}`);
    return answer ? JSON.parse(answer) : undefined;
  }
  const password = 'a long enough secret';
  const register = async (username: string) =>
    Session.parse(
      await call('POST', '/auth/register', undefined, { username, email: `${username}@chat.example`, password }),
    );
  const open = async (token: string) => {
    const socket = new TestSocket(WsUrl, ['storm.v1', `bearer.${token}`], {});
    await new Promise((resolve) => socket.webSocket.once('open', resolve));
    return new Device(socket);
  };

  const ann = await register('ann');
  const [bob, ...others] = await Promise.all(Array.from({ length: 10 }, (_, i) => register(`bob${i}`)));
  if (!bob) throw new Error('nobody there');
  const a = ann.accessToken;
  asked.person = ann.user.id;

  // Accounts
  await call('POST', '/auth/register', undefined, { username: 'ann', email: 'else@chat.example', password });
  await call('POST', '/auth/login', undefined, { login: 'ann', password: 'a wrong secret' });
  const login = Session.parse(await call('POST', '/auth/login', undefined, { login: 'ann@chat.example', password }));
  const leaving = await open(login.accessToken);
  const refreshed = Session.parse(await call('POST', '/auth/refresh', undefined, { refreshToken: login.refreshToken }));
  await call('POST', '/auth/refresh', undefined, { refreshToken: refreshed.refreshToken });
  await call('POST', '/auth/refresh', undefined, { refreshToken: login.refreshToken });
  await leaving.socket.closed;
  await call('POST', '/auth/logout', undefined, { refreshToken: refreshed.refreshToken });
  await call('GET', '/users/me', a);
  await call('GET', `/users/${bob.user.id}`, a);
  await call('PUT', `/users/${ann.user.id}`, a, { displayName: 'Ann' });
  await call('GET', '/users?username=bo', a);
  await call('PUT', `/users/${bob.user.id}`, a, { displayName: 'Bob' });
  const other = Session.parse(await call('POST', '/auth/login', undefined, { login: 'ann', password }));
  const third = Session.parse(await call('POST', '/auth/login', undefined, { login: 'ann', password }));
  const { sessions } = LoginSessions.parse(await call('GET', '/auth/sessions', third.accessToken));
  await call('DELETE', `/auth/sessions/${sessions.find(({ current }) => current)?.id}`, third.accessToken);
  await call('DELETE', '/auth/sessions', a);
  await call('POST', '/auth/confirm', other.accessToken, { password });
  await call('POST', '/auth/login', undefined, { login: 'ann', password });
  for (const person of [ann, bob]) await call('POST', '/auth/confirm', person.accessToken, { password });
  await call('POST', '/auth/password', a, { newPassword: 'another long secret' });
  await call('GET', '/users/me/activity', a);

  // Mails, whose links are in what the stack has caught
  const tokenOf = async (to: string, path: string) => {
    const find = async () => {
      const { mails } = Mails.parse(await (await fetch(`${stack.url}/_local/mails.json`)).json());
      const texts = mails.flatMap((mail) => (mail.to.includes(to) ? mail.text : []));
      return texts.flatMap((text) => new RegExp(`#/${path}\\?token=([\\w-]+)`).exec(text)?.[1] ?? [])[0];
    };
    await expect.poll(find).toBeDefined();
    return find();
  };
  const mailed = await register('mailed');
  await call('POST', '/auth/password/forgot', undefined, { email: 'mailed@chat.example' });
  await call('POST', '/auth/email/verification', mailed.accessToken);
  const resetting = { token: await tokenOf('mailed@chat.example', 'reset'), newPassword: 'another long secret' };
  await call('POST', '/auth/confirm', mailed.accessToken, { password });
  await call('PUT', '/users/me/email', mailed.accessToken, { email: 'earlier@chat.example' });
  await tokenOf('earlier@chat.example', 'verify');
  await call('PUT', '/users/me/email', mailed.accessToken, { email: 'fresh@chat.example' });
  await call('POST', '/auth/password/reset', undefined, resetting);
  await call('POST', '/auth/email/verify', undefined, { token: await tokenOf('fresh@chat.example', 'verify') });
  await call('PATCH', '/users/me/settings', a, { privateRead: false });
  await call('GET', '/users/me/settings', a);

  // Push: to a device that takes it, and to one that is gone
  const pushes = await startPushService();
  const [taking, leftover, unwilling] = [pushes.device(), pushes.device(), pushes.device()];
  leftover.answers.push({ status: 410 });
  unwilling.answers.push({ status: 400 });
  const [away, homeless] = others.slice(-2);
  for (const { subscription } of [taking, leftover, unwilling])
    await call('POST', '/push/subscriptions', away?.accessToken, subscription);
  const { id: ended } = Subscribed.parse(
    await call('POST', '/push/subscriptions', homeless?.accessToken, taking.subscription),
  );
  await call('DELETE', `/push/subscriptions/${ended}`, homeless?.accessToken);
  await call('GET', '/push/key', a);

  const [messages = ''] = ofType('AWS::DynamoDB::Table').flatMap(([id]) => (id.startsWith('TablesMessages') ? id : []));
  const { credentials } = stack.world;
  const database = dynamoDbClient(await stack.world.endpoint('DYNAMODB'), { credentials });

  // The badge of who is away is counted in conversations that were quiet for long: it summarizes those with and without unread messages.
  const quiet = Array.from({ length: 12 }, (_, i) => ({
    id: v7(),
    otherId: v7(),
    at: Date.now() - (10 + i) * 60_000,
    texts: ['hello'],
    unread: i % 2,
  }));
  await fillWithConversations(overSdk(database), `storm-dev-${messages}`, away?.user.id ?? '', quiet);

  // Conversations
  const create = async (body: object) => Conversation.parse(await call('POST', '/conversations', a, body)).id;
  const direct = await create({ type: 'direct', memberIds: [bob.user.id] });
  await create({ type: 'direct', memberIds: [bob.user.id] });
  const group = await create({ type: 'group', name: 'all', memberIds: [bob.user.id] });
  const members = `/conversations/${group}/members`;
  await call('POST', members, a, { userIds: others.map(({ user }) => user.id) });
  await call('PATCH', `${members}/${bob.user.id}`, a, { role: 'admin' });
  await call('PATCH', `${members}/${ann.user.id}`, a, { muted: true });
  await call('PATCH', `/conversations/${group}`, a, { name: 'everyone' });
  await call('DELETE', `${members}/${others[0]?.user.id}`, a);
  await call('GET', members, a);
  await call('GET', '/conversations', a);

  // Messages
  const [annsDevice, bobsDevice] = [await open(a), await open(bob.accessToken)];
  for (const conversationId of [direct, group]) {
    const message = { action: 'message', conversationId, text: 'hello', after: 0 };
    const older = conversationId === group ? asked.message : v7();
    const first = v7();
    for (const id of [first, first, v7(), older]) expect(await annsDevice.ask({ ...message, id })).toHaveProperty('ok');
    const { seq } = Sent.parse((await annsDevice.ask({ ...message, id: first })).ok);
    await bobsDevice.until((events) =>
      events.some((event) => 'conversationId' in event && event.conversationId === conversationId),
    );
    for (const status of ['delivered', 'read'])
      expect(await bobsDevice.ask({ action: 'receipt', conversationId, seq: 1, status })).toHaveProperty('ok');
    const revise = async (frame: object) =>
      expect(await annsDevice.ask({ conversationId, seq, ...frame })).toHaveProperty('ok');
    for (const remove of [false, true]) await revise({ action: 'react', emoji: '👍', remove });
    await revise({ action: 'edit', text: 'hi' });
    await call('GET', `/conversations/${conversationId}/messages/${seq}/versions`, a);
    await revise({ action: 'delete' });
    for (let i = 0; i < 2; i++) await call('GET', `/conversations/${conversationId}/messages`, a);
    await call('GET', `/conversations/${conversationId}`, a);
    await call('GET', `/conversations/${conversationId}/receipts`, a);
  }
  await expect.poll(() => taking.notifications.length).toBeGreaterThan(0);
  await called('Push', 'DeleteItem');
  await called('Push', 'UpdateItem');
  await expect
    .poll(() =>
      [...recorder.calls].some(
        (made) => made.startsWith('Push') && made.includes(' UpdateItem ') && made.includes('Connections'),
      ),
    )
    .toBe(true);
  await pushes.stop();
  const blocked = others[1]?.user.id;
  await call('PUT', `/users/me/blocks/${blocked}`, a);
  await call('PUT', `/users/me/blocks/${bob.user.id}`, a);
  await call('GET', '/users/me/blocks', a);
  for (const id of [blocked, bob.user.id]) await call('DELETE', `/users/me/blocks/${id}`, a);
  await call('POST', '/sync', a, { cursors: { [direct]: 0 } });

  // Search. The index function builds what the stream tells of, a search what nobody told of; both meet an unused number.
  async function fill(conversationId: string, count: number, seq: number): Promise<void> {
    const texts = Array.from({ length: count }, () => 'hello');
    const at = { conversationId, senderId: ann.user.id, seq, n: seq };
    await fillWithMessages(overSdk(database), `storm-dev-${messages}`, at, texts, Date.now);
  }
  const elsewhere = { type: 'group', name: 'elsewhere', memberIds: [] };
  await fill(Conversation.parse(await call('POST', '/conversations', bob.accessToken, elsewhere)).id, segmentSize, 1);
  const searched = await create({ type: 'group', name: 'searched', memberIds: [] });
  await fill(searched, segmentSize - 1, 0);
  await fill(searched, 5, segmentSize);
  const edit = { action: 'edit', conversationId: searched, seq: 2, text: 'hi' };
  expect(await annsDevice.ask(edit)).toHaveProperty('ok');
  for (const query of ['q=hello', `q=hello&conversationId=${searched}`]) await call('GET', `/search?${query}`, a);
  for (let i = 0; i < 5; i++) await call('GET', '/search?q=hello', others[3]?.accessToken);
  await called('SearchIndex', 'UpdateItem');
  await called('SearchIndex', 'PutItem');

  // Receipts without a reply: in a small and a large conversation, up to an unused number, and where there is a summary
  async function report(
    person: Session,
    device: Device,
    conversationId: string,
    delivered: number,
    read: number,
    reached = read,
  ) {
    device.report([
      { conversationId, seq: delivered, status: 'delivered' },
      { conversationId, seq: read, status: 'read' },
    ]);
    const pointers = async () => {
      const answer = await call('GET', `/conversations/${conversationId}/receipts`, person.accessToken);
      const own = Receipts.parse(answer).receipts.find(({ userId }) => userId === person.user.id);
      return own && [own.delivered, own.read];
    };
    await expect.poll(pointers).toEqual([delivered, reached]);
  }
  const lacking = await create({ type: 'group', name: 'lacking', memberIds: [] });
  await fill(lacking, 1, 0);
  await fill(lacking, 1, 2);
  await report(ann, annsDevice, lacking, 3, 2, 1);
  for (const id of [direct, group]) await report(bob, bobsDevice, id, 3, 2);
  await call('GET', '/conversations', away?.accessToken);
  const [summarized, hammering] = [quiet.at(-1)?.id ?? '', others[4]];
  if (!away || !hammering) throw new Error('nobody there');
  const awaysDevice = await open(away.accessToken);
  await report(away, awaysDevice, summarized, 1, 1);
  awaysDevice.socket.webSocket.close();
  // Each of these frames is refused, by one environment or another, until one of them closes the socket.
  const refused = await open(hammering.accessToken);
  const closed = refused.socket.closed.then(() => false);
  const strange = { conversationId: v7(), seq: 1, status: 'read' };
  const frame = { action: 'receipts', receipts: Array.from({ length: limits.receiptsPerFrame }, () => strange) };
  for (let isOpen = true; isOpen; ) isOpen = await Promise.race([refused.ask(frame).then(() => true), closed]);

  // Presence
  const watching = { action: 'presence', userIds: [bob.user.id, others[0]?.user.id] };
  expect(await annsDevice.ask(watching)).toHaveProperty('ok');
  await call('GET', `/users/${bob.user.id}/presence`, a);
  await call('GET', `/users/${others[0]?.user.id}/presence`, a);
  expect(await annsDevice.ask({ action: 'typing', conversationId: direct, typing: true })).toHaveProperty('ok');
  await call('PUT', `/users/me/blocks/${bob.user.id}`, a);
  await call('PUT', `/users/me/blocks/${ann.user.id}`, bob.accessToken);
  for (const [id, token] of [[bob.user.id, a] as const, [ann.user.id, bob.accessToken] as const])
    await call('DELETE', `/users/me/blocks/${id}`, token);

  // Subscribers: one that never was, known from a group, one that is gone, and one that is told
  const watch = (connectionId: string, userId = bob.user.id) =>
    invoke('Commands', {
      requestContext: { connectionId, requestId: 'lost', authorizer: { userId, familyId: 'lost' } },
      body: JSON.stringify({ action: 'presence', id: 'lost', userIds: [ann.user.id] }),
    });
  await watch('BBBBBBBBBBBBBBB=', others[2]?.user.id);
  await ghostOf(bob.user.id);
  await watch(ghost);
  await bobsDevice.ask({ action: 'presence', userIds: [ann.user.id] });
  await call('PATCH', '/users/me/settings', a, { invisible: true });
  await bobsDevice.until((events) => events.some(({ type }) => type === 'presence'));

  // Invitations. Bob's subscription to Ann's presence ends when she blocks him.
  await bobsDevice.ask({ action: 'presence', userIds: [ann.user.id] });
  await call('PATCH', '/users/me/settings', a, { whoMayAdd: 'nobody' });
  for (const answer of ['POST', 'DELETE'] as const) {
    const body = { type: 'group', name: 'by invitation', memberIds: [ann.user.id] };
    const { id } = Conversation.parse(await call('POST', '/conversations', bob.accessToken, body));
    await call('GET', '/invitations', a);
    await call(answer, `/invitations/${id}${answer === 'DELETE' ? '?block=true' : ''}`, a);
  }
  await call('DELETE', `/users/me/blocks/${bob.user.id}`, a);

  // Sockets that are gone, found out by everything that posts
  await ghostOf(bob.user.id);
  await annsDevice.ask({ action: 'message', conversationId: direct, text: 'are you there?' });
  await bobsDevice.ask({ action: 'receipt', conversationId: direct, seq: 5, status: 'read' });
  await called('MessageStream', 'UpdateItem');
  await ghostOf(bob.user.id);
  await call('PATCH', `/conversations/${group}`, a, { name: 'nearly everyone' });
  const delivery = { connections: [{ userId: ann.user.id, connectionId: ghost }], frame: '{"events":[]}', tries: 1 };
  // A change as it is in a room that is too large for this test
  const image = {
    pk: { S: `conversation#${group}` },
    sk: { S: 'seq#000000000099' },
    type: { S: 'deleted' },
    n: { N: '1' },
    target: { N: '9' },
    by: { B: Buffer.from(ann.user.id.replaceAll('-', ''), 'hex').toString('base64') },
    fanout: { BOOL: true },
  };
  await ghostOf(bob.user.id);
  const [messageId, receiptHandle] = ['paced', 'none'];
  const attributes = { MessageGroupId: group, ApproximateReceiveCount: '1' };
  const paced = JSON.stringify({ conversationId: group, seqs: [1, 2] });
  await invoke('PacedFanout', { Records: [{ messageId, receiptHandle, attributes, body: paced }] });
  // It calls for another run, which notes how far it is: those before it would have nothing to deliver after that.
  await ghostOf(bob.user.id);
  await invoke('Fanout', { Records: [{ dynamodb: { Keys: image, NewImage: image, SequenceNumber: '1' } }] });
  // A room with an unused number
  const unused = await create({ type: 'group', name: 'unused', memberIds: [] });
  await fill(unused, 1, 1);
  const both = JSON.stringify({ conversationId: unused, seqs: [1, 2] });
  await invoke('PacedFanout', { Records: [{ messageId, receiptHandle, attributes, body: both }] });
  await invoke('Poster', { Records: [{ messageId: 'one', body: JSON.stringify(delivery) }] });
  // A frame that no socket takes, and a job that is none
  const tooLong = { ...delivery, frame: 'x'.repeat(200_000) };
  for (const body of [JSON.stringify(tooLong), '{']) await invoke('Poster', { Records: [{ messageId: 'two', body }] });
  const { webSocket } = new TestSocket(WsUrl, ['storm.v1', 'bearer.nonsense'], {});
  await new Promise((resolve) => webSocket.once('error', resolve));
  await invoke('Gauges', {});
  for (const _ of ['a new environment', 'one that has a login']) await invoke('Probe', {});

  // Media: sent twice, forwarded, deleted; avatars one after the other, and one for two
  const uploaded = async (person: Session, device: Device, where: object, bytes?: Buffer) => {
    const image = bytes ?? (await picture().png().toBuffer());
    const request = { contentType: 'image/png', size: image.length, ...where };
    const granted = Upload.parse(await call('POST', '/media/upload', person.accessToken, request));
    await put(granted, image);
    await device.until((events) => events.some((event) => event.type === 'media' && event.id === granted.mediaId));
    return granted.mediaId;
  };
  const sent = async (device: Device, conversationId: string, id: string) =>
    Sent.parse((await device.ask({ action: 'message', conversationId, mediaIds: [id] })).ok).seq;
  await ghostOf(ann.user.id);
  const [twice, forwarded] = [
    await uploaded(ann, annsDevice, { conversationId: direct }),
    await uploaded(ann, annsDevice, { conversationId: direct }),
  ];
  await uploaded(ann, annsDevice, { conversationId: direct }, Buffer.from('no picture'));
  for (const seq of [await sent(annsDevice, direct, twice), await sent(annsDevice, direct, twice)])
    expect(await annsDevice.ask({ action: 'delete', conversationId: direct, seq })).toHaveProperty('ok');
  await sent(annsDevice, direct, forwarded);
  await sent(bobsDevice, group, forwarded);
  await call('GET', `/media/${forwarded}`, bob.accessToken);
  for (let i = 0; i < 2; i++) {
    const [own, ofGroup] = [
      await uploaded(ann, annsDevice, { purpose: 'avatar' }),
      await uploaded(ann, annsDevice, { purpose: 'avatar' }),
    ];
    await call('PUT', `/users/${ann.user.id}`, a, { avatarMediaId: own });
    await call('PATCH', `/conversations/${group}`, a, { avatarMediaId: ofGroup });
  }
  await called('PresenceFanout', 'GetItem');
  const shared = await uploaded(bob, bobsDevice, { purpose: 'avatar' });
  await call('PUT', `/users/${bob.user.id}`, bob.accessToken, { avatarMediaId: shared });
  await call('PATCH', `/conversations/${group}`, bob.accessToken, { avatarMediaId: shared });

  // Export and erasure: by the request, by the job that goes on, and by one whose request died
  await call('GET', '/users/me/export', a);
  await call('GET', `/users/me/export?cursor=${direct}.0`, a);
  await ghostOf(others[1]?.user.id ?? '');
  await call('DELETE', '/users/me', bob.accessToken);
  await invoke('Erase', { Records: [{ messageId: 'one', body: JSON.stringify({ userId: ann.user.id }) }] });

  bobsDevice.socket.webSocket.close();
  await called('Disconnect', 'UpdateItem');
}

/** Waits for a call of a function. */
async function called(fn: string, action: string): Promise<void> {
  const isThere = () => [...recorder.calls].some((call) => call.startsWith(fn) && call.includes(` ${action} `));
  await expect.poll(isThere).toBe(true);
}

test('every function may make the DynamoDB calls that it makes, and no others', async () => {
  await talk();
  const tables = [...grants()].map((grant) => grant.split(' ')[2] ?? '');
  const made = new Set(
    [...recorder.calls].map((call) => {
      const [fn, action, name = ''] = call.split(' ');
      return `${fn} ${action} ${tables.find((table) => name.endsWith(table))}`;
    }),
  );
  expect([...made].toSorted()).toEqual([...grants()].filter((grant) => !isOfFormer(grant)).toSorted());
});

/** What the former release's function `fanout` does, which may run beside this one (lib/capabilities/delivery.ts). */
function isOfFormer(grant: string): boolean {
  return /^Fanout\w* ((BatchGetItem|Query) \w*Messages|\w+ \w*Connections)/.test(grant);
}

/** What the stack has used since it was started. */
function used() {
  const { figures } = stack.world;
  const sum = (namespace: string, name: string, by: (dimensions: Readonly<Record<string, string>>) => boolean) =>
    figures.metrics
      .filter((metric) => metric.namespace === namespace && metric.name === name && by(metric.dimensions))
      .map((metric) => figures.statistics(metric, 'Sum', 3 * 3_600_000, [Date.now() + 60_000])[0] ?? 0)
      .reduce((total, value) => total + value, 0);
  const ofApi = (dimensions: object) => !('Stage' in dimensions);
  const runsOf = (...ids: string[]) =>
    ids.map((id) =>
      sum('AWS/Lambda', 'Invocations', ({ FunctionName = '', Resource }) => !Resource && FunctionName.includes(id)),
    );
  return {
    lambdaRequests: sum('AWS/Lambda', 'Invocations', ({ FunctionName }) => FunctionName === undefined),
    writeUnits: sum('AWS/DynamoDB', 'ConsumedWriteCapacityUnits', () => true),
    readUnits: sum('AWS/DynamoDB', 'ConsumedReadCapacityUnits', () => true),
    webSocketMessages: sum('AWS/ApiGateway', 'MessageCount', ofApi) + sum('Storm', 'FramesDelivered', () => true),
    connectionMinutes: sum('AWS/ApiGateway', 'ConnectCount', ofApi),
    httpRequests: sum('AWS/ApiGateway', 'Count', ofApi),
    streams: runsOf('PresenceStream', 'Disconnect'),
  };
}

test('a minute of the probe uses what its cost is reckoned from, and is over when its sockets are', async () => {
  // What else runs each minute may do so meanwhile.
  await expect
    .poll(async () => {
      const { streams: before, ...from } = used();
      await invoke('Probe', {});
      await expect.poll(() => used().streams.every((runs, i) => runs > (before[i] ?? 0))).toBe(true);
      const { streams: _, ...to } = used();
      return Object.entries(to).filter(
        ([item, n]) => n - from[item as keyof typeof from] > probeMinute[item as keyof typeof from],
      );
    })
    .toEqual([]);
});

test('the log answers each question, with all fields that it names', () => {
  const missing = Object.entries(questions).flatMap(([name, query]) => {
    const answers = filtered(lines, query, name.includes('person') ? asked.person : asked.message);
    const lacking = fieldsOf(query).filter((named) => !answers.some((line) => field(line, named) !== undefined));
    return lacking.map((named) => `${name}: ${named}`);
  });
  expect(missing).toEqual([]);
});

test('the message of a sender can be followed to the stream, the poster and the push', () => {
  const of = new Set(
    filtered(lines, questions['what-happened-to-message-X'] ?? [], asked.message).map((line) => line['function']),
  );
  expect([...of]).toEqual(expect.arrayContaining(['message', 'message-stream', 'push']));
});

test('the functions write the metrics of the list, and no others', () => {
  const written = new Set(
    lines
      .flatMap(
        (line) => MetricsLine.safeParse(line).data?._aws.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics) ?? [],
      )
      .map(({ Name, Unit }) => `${Name} ${Unit}`),
  );
  const known = Object.entries(metrics).map(([name, { unit }]) => `${name} ${unit}`);
  expect([...written].filter((one) => !known.includes(one))).toEqual([]);
  // Here nothing fails that nobody expected, and nobody guesses for long enough.
  expect(known.filter((one) => !written.has(one))).toEqual(['InternalErrors Count', 'LoginsRefused Count']);
});
