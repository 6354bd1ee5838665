import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createMobile } from '#adapters/push/sns.ts';
import { Subscribed } from '#protocol/push.ts';
import { type Api, type Person, startApi } from '#test/helpers/api.ts';
import { startSns } from '#test/helpers/sns.ts';

const account = 'arn:aws:sns:us-east-1:000000000000:app';
const applications = { fcm: `${account}/GCM/storm`, apns: `${account}/APNS_SANDBOX/storm` };
type Platform = keyof typeof applications;

let api: Api;
let sns: Awaited<ReturnType<typeof startSns>>;
beforeAll(async () => {
  sns = await startSns(Object.values(applications));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_SNS: sns.url,
    FCM_APPLICATION_ARN: applications.fcm,
    APNS_APPLICATION_ARN: applications.apns,
  });
  api = await startApi();
});
afterEach(() => {
  sns.faults.length = 0;
});
afterAll(async () => {
  await api.stop();
  await sns.stop();
});

let tokens = 0;
const newToken = () => `a-token-of-some-length:${tokens++}`;

async function subscribe(person: Person, platform: Platform, token = newToken()) {
  const answer = await person.call('POST /push/subscriptions', { body: { platform, token } });
  expect(answer.status).toBe(201);
  const [arn = '', endpoint] = [...sns.endpoints].find(([, one]) => one.token === token) ?? [];
  return { id: Subscribed.parse(answer.body).id, token, arn, endpoint };
}

/** Ann is online and writes to Ben, who is away and has an app. */
async function annAndBen(platform: Platform) {
  const [ann, ben] = [await api.register('ann'), await api.register('ben')];
  const { body } = await ann.call('POST /conversations', { body: { type: 'direct', memberIds: [ben.id] } });
  const anns = await ann.open();
  return { ben, anns, id: String(body.id), app: await subscribe(ben, platform) };
}

type Scene = Awaited<ReturnType<typeof annAndBen>>;

/** Ann sends a message, and the function `push` is called. Returns how many of its jobs failed. */
async function push({ anns, id }: Pick<Scene, 'anns' | 'id'>, text = 'hello'): Promise<number> {
  expect(await anns.ask({ action: 'message', conversationId: id, text })).toHaveProperty('ok');
  await expect.poll(() => api.pushesWaiting()).toBeGreaterThan(0);
  return api.push();
}

const sentTo = (arn: string) => sns.published.filter(({ endpointArn }) => endpointArn === arn);
const muchLater = 3_600_000;

describe('a notification', () => {
  test.each(['fcm', 'apns'] as const)(
    'that was read elsewhere is taken back by %s, without a sound',
    async (platform) => {
      const scene = await annAndBen(platform);
      await push(scene);
      const bens = await scene.ben.open();
      expect(await bens.ask({ action: 'receipt', conversationId: scene.id, seq: 1, status: 'read' })).toHaveProperty(
        'ok',
      );
      await expect.poll(() => api.pushesWaiting()).toBeGreaterThan(0);
      expect(await api.push()).toBe(0);
      const [first, second] = sentTo(scene.app.arn);
      const about = { conversationId: scene.id, seq: 1, unread: 0 };
      if (platform === 'fcm') {
        const collapse_key = first?.payload.fcmV1Message.message.android.collapse_key;
        expect(second?.payload.fcmV1Message.message).toEqual({
          data: { conversationId: scene.id, seq: '1', unread: '0', badge: '0', takenBack: 'true' },
          android: { priority: 'normal', collapse_key, ttl: '86400s' },
        });
      } else expect(second?.payload).toEqual({ aps: { badge: 0, 'content-available': 1 }, ...about, takenBack: true });
    },
  );

  test('goes to Firebase as it wants it, replacing what waits of the conversation', async () => {
    const scene = await annAndBen('fcm');
    await push(scene);
    await push(scene, 'again');
    const [first, second] = sentTo(scene.app.arn).map(({ payload }) => payload.fcmV1Message.message);
    expect(first).toEqual({
      notification: { title: expect.any(String), body: 'hello' },
      data: { conversationId: scene.id, seq: '1', unread: '1', badge: '1' },
      android: {
        priority: 'high',
        collapse_key: expect.stringMatching(/^\S{32}$/),
        ttl: '86400s',
        notification: { tag: first.android.collapse_key, notification_count: 1 },
      },
    });
    expect(second).toMatchObject({
      data: { seq: '2', badge: '2' },
      android: { collapse_key: first.android.collapse_key },
    });
  });

  test('goes to Apple as it wants it, replacing what waits of the conversation', async () => {
    const scene = await annAndBen('apns');
    await push(scene);
    await push(scene, 'again');
    const [first, second] = sentTo(scene.app.arn);
    expect(first?.payload).toEqual({
      aps: {
        alert: { title: expect.any(String), body: 'hello' },
        badge: 1,
        sound: 'default',
        'thread-id': scene.id,
        'mutable-content': 1,
      },
      conversationId: scene.id,
      seq: 1,
      unread: 1,
    });
    const collapseId = first?.attributes['AWS.SNS.MOBILE.APNS.COLLAPSE_ID'];
    expect(first?.attributes).toEqual({
      'AWS.SNS.MOBILE.APNS.COLLAPSE_ID': expect.stringMatching(/^\S{32}$/),
      'AWS.SNS.MOBILE.APNS.PUSH_TYPE': 'alert',
      'AWS.SNS.MOBILE.APNS.PRIORITY': '10',
      'AWS.SNS.MOBILE.APNS_SANDBOX.TTL': '86400',
    });
    expect(second?.attributes['AWS.SNS.MOBILE.APNS.COLLAPSE_ID']).toBe(collapseId);
  });

  test.each<[Platform, object]>([
    ['fcm', { fcmV1Message: { message: { data: { badge: '1' }, android: { priority: 'high' } } } }],
    ['apns', { aps: { alert: { 'loc-key': 'NEW_MESSAGE' }, badge: 1 } }],
  ])('by %s says nothing of who and what to those who want it so', async (platform, expected) => {
    const scene = await annAndBen(platform);
    await scene.ben.call('PATCH /users/me/settings', { body: { pushText: false } });
    await push(scene, 'a secret');
    const [sent] = sentTo(scene.app.arn);
    expect(sent?.payload).toMatchObject(expected);
    expect(JSON.stringify(sent)).not.toMatch(/secret|title|body|"notification"/);
  });
});

describe('an app', () => {
  test.each(['disabled', 'deleted'])('whose endpoint is %s is no more, and SNS forgets it', async (how) => {
    const scene = await annAndBen('fcm');
    if (how === 'deleted') sns.endpoints.delete(scene.app.arn);
    else if (scene.app.endpoint) scene.app.endpoint.enabled = false;
    expect(await push(scene)).toBe(0);
    expect(sns.endpoints.has(scene.app.arn)).toBe(false);
    const before = sns.actions.length;
    await push(scene);
    expect(sns.actions).toHaveLength(before);
  });

  test.each([
    ['Throttled', 429],
    ['InternalError', 500],
    ['PlatformApplicationDisabled', 400],
  ])('comes again, once, where SNS answers %s', async (code, status) => {
    const scene = await annAndBen('apns');
    sns.faults.push({ action: 'Publish', code, status });
    expect(await push(scene)).toBe(1);
    expect(sentTo(scene.app.arn)).toEqual([]);
    sns.faults.length = 0;
    expect(await api.push(muchLater)).toBe(0);
    expect(sentTo(scene.app.arn)).toHaveLength(1);
  });

  test('that comes again has the same id, and is pushed to once', async () => {
    const scene = await annAndBen('fcm');
    const again = await subscribe(scene.ben, 'fcm', scene.app.token);
    expect([again.id, again.arn]).toEqual([scene.app.id, scene.app.arn]);
    await push(scene);
    expect(sentTo(scene.app.arn)).toHaveLength(1);
  });

  test('that was given up is pushed to once it comes again', async () => {
    const scene = await annAndBen('fcm');
    if (scene.app.endpoint) scene.app.endpoint.enabled = false;
    await subscribe(scene.ben, 'fcm', scene.app.token);
    await push(scene);
    expect(sentTo(scene.app.arn)).toHaveLength(1);
  });

  test('ends with its subscription, and has the same id when it comes again', async () => {
    const scene = await annAndBen('apns');
    await scene.ben.call('DELETE /push/subscriptions/{id}', { params: { id: scene.app.id } });
    expect(sns.endpoints.has(scene.app.arn)).toBe(false);
    const again = await subscribe(scene.ben, 'apns', scene.app.token);
    expect(again.id).toBe(scene.app.id);
    await push(scene);
    expect(sentTo(again.arn)).toHaveLength(1);
  });

  test('ends with the login that made it; SNS keeps its token, which another login may have by now', async () => {
    const scene = await annAndBen('fcm');
    const credentials = { login: scene.ben.username, password: 'a long enough secret' };
    const { body: login } = await api.call('POST /auth/login', { body: credentials });
    const token = newToken();
    await api.call('POST /push/subscriptions', { token: login.accessToken, body: { platform: 'fcm', token } });
    await api.call('POST /auth/logout', { body: { refreshToken: login.refreshToken } });
    await push(scene);
    const [arn = ''] = [...sns.endpoints].find(([, one]) => one.token === token) ?? [];
    expect(arn).not.toBe('');
    expect(sentTo(arn)).toEqual([]);
    expect(sentTo(scene.app.arn)).toHaveLength(1);
  });

  test('is forgotten by SNS when its person is erased', async () => {
    const { ben, app } = await annAndBen('fcm');
    await ben.confirm();
    expect((await ben.call('DELETE /users/me')).status).toBe(202);
    expect(sns.endpoints.has(app.arn)).toBe(false);
  });

  test.each([
    ['a token that the platform does not take', { platform: 'fcm', token: 'malformed-as-can-be' }],
    ['no token', { platform: 'fcm' }],
    ['another platform', { platform: 'wns', token: 'a-token-of-some-length' }],
    ['more than was asked for', { platform: 'fcm', token: 'a-token-of-some-length', arn: 'arn:' }],
  ])('is refused for %s', async (_, body) => {
    const ben = await api.register('ben');
    expect(await ben.call('POST /push/subscriptions', { body })).toMatchObject({ status: 400 });
  });

  test.each(['CreatePlatformEndpoint', 'SetEndpointAttributes'])(
    'never has its token in an error, which would be logged, when %s fails',
    async (action) => {
      const token = newToken();
      sns.faults.push({ action, code: 'InternalError', status: 500 });
      const error = await createMobile(applications).register({ platform: 'fcm', token }).catch(inspect);
      expect(error).toContain('SNS: InternalErrorException (500)');
      expect(error).not.toContain(token);
    },
  );
});
