import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { limits } from '#protocol/limits.ts';
import { Subscribed } from '#protocol/push.ts';
import { type Api, type Person, startApi } from '#test/helpers/api.ts';
import type { Device } from '#test/helpers/device.ts';
import { type PushDevice, startPushService } from '#test/helpers/push-service.ts';

let api: Api;
let service: Awaited<ReturnType<typeof startPushService>>;
beforeAll(async () => {
  [api, service] = await Promise.all([startApi(), startPushService()]);
});
afterAll(async () => {
  await api.stop();
  await service.stop();
});

const muchLater = 3_600_000;

async function subscribe(person: Person, device: PushDevice = service.device()) {
  const answer = await person.call('POST /push/subscriptions', { body: device.subscription });
  expect(answer.status).toBe(201);
  return { device, id: Subscribed.parse(answer.body).id };
}

/** Ann is online and writes to Ben, who is away. */
async function annAndBen() {
  const [ann, ben] = [await api.register('ann'), await api.register('ben')];
  const { body } = await ann.call('POST /conversations', { body: { type: 'direct', memberIds: [ben.id] } });
  const anns = await ann.open();
  return { ann, ben, anns, id: String(body.id), ...(await subscribe(ben).then(({ device }) => ({ device }))) };
}

async function say(device: Device, conversationId: string, ...texts: string[]): Promise<void> {
  for (const text of texts) expect(await device.ask({ action: 'message', conversationId, text })).toHaveProperty('ok');
}

/** Waits until the function `message-stream` has queued a job. */
const handedOn = () => expect.poll(() => api.pushesWaiting()).toBeGreaterThan(0);

/** When those with sockets have had their time, in ms. */
const soon = 25_000;

/** Waits for the job that looks who misses a message, and calls the function `push` with it and with what follows from it. */
async function look(): Promise<void> {
  await expect.poll(() => api.pushesWaiting(soon)).toBeGreaterThan(0);
  while (api.pushesWaiting(soon) > 0) expect(await api.push(soon)).toBe(0);
}

/** Does what earlier tests have left in the queue. */
async function drain(): Promise<void> {
  while (api.pushesWaiting(muchLater) > 0) await api.push(muchLater);
}

/** Calls the function `push` with all queued jobs. */
async function push(): Promise<number> {
  await handedOn();
  return api.push();
}

/** Calls the function `push` with what is queued until a device shows something. */
async function pushedTo(device: PushDevice): Promise<void> {
  while (device.notifications.length === 0) await push();
}

describe('a notification', () => {
  test('reaches the device of who is away, encrypted for it: who wrote what, and what is unread in all that isn’t muted', async () => {
    const { ann, ben, anns, id, device } = await annAndBen();
    const { body: other } = await ann.call('POST /conversations', {
      body: { type: 'group', name: 'Rowers', memberIds: [ben.id] },
    });
    await say(anns, other.id, 'one');
    await push();
    await say(anns, id, 'two');
    await push();
    expect(device.notifications).toEqual([
      { conversationId: other.id, seq: 1, unread: 1, badge: 1, title: 'Rowers', body: expect.stringMatching(/: one$/) },
      { conversationId: id, seq: 1, unread: 1, badge: 2, title: expect.any(String), body: 'two' },
    ]);
    await ben.call('PATCH /conversations/{id}/members/{userId}', {
      params: { id: other.id, userId: ben.id },
      body: { muted: true },
    });
    await say(anns, id, 'three');
    await push();
    expect(device.notifications[2]).toMatchObject({ unread: 2, badge: 2 });
    expect(device.headers[0]).toMatchObject({ urgency: 'high', 'content-encoding': 'aes128gcm' });
    expect(device.headers[0]?.['topic']).not.toBe(device.headers[1]?.['topic']);
  });

  test('says nothing of who and what to those who want it so', async () => {
    const { ben, anns, id, device } = await annAndBen();
    await ben.call('PATCH /users/me/settings', { body: { pushText: false } });
    await say(anns, id, 'a secret');
    await push();
    expect(device.notifications).toEqual([{ conversationId: id, seq: 1, unread: 1, badge: 1 }]);
  });

  test('of a message that is long is shortened, by characters', async () => {
    const { anns, id, device } = await annAndBen();
    await say(anns, id, '👍'.repeat(4_000));
    await push();
    expect([...(device.notifications[0]?.body ?? '')]).toHaveLength(300);
    expect(device.notifications[0]?.body?.endsWith('👍…')).toBe(true);
  });

  test('goes to every device, and to none for the one who wrote or who is online', async () => {
    const { ann, ben, anns, id, device } = await annAndBen();
    const cara = await api.register('cara');
    await cara.open();
    const [{ device: second }, { device: anns2 }, { device: caras }] = [
      await subscribe(ben),
      await subscribe(ann),
      await subscribe(cara),
    ];
    const memberIds = [ben.id, cara.id];
    const { body } = await ann.call('POST /conversations', { body: { type: 'group', name: 'all', memberIds } });
    expect(body.id).not.toBe(id);
    await say(anns, body.id, 'hello');
    await push();
    for (const one of [device, second]) expect(one.notifications).toHaveLength(1);
    for (const one of [anns2, caras]) expect(one.notifications).toEqual([]);
  });
});

describe('the stream', () => {
  test('wakes nobody for a message of a conversation in which nobody has subscriptions', async () => {
    const [ann, ben] = [await api.register('ann'), await api.register('ben')];
    const { body } = await ann.call('POST /conversations', { body: { type: 'direct', memberIds: [ben.id] } });
    const anns = await ann.open();
    await say(anns, body.id, 'nobody can be notified of this');
    const { device } = await subscribe(ben);
    await say(anns, body.id, 'but of this');
    await pushedTo(device);
    const woken = api.streamed.filter((key) => key.includes(body.id));
    expect(woken.map((key) => Number(key.slice(-12)))).toEqual([2]);
  });

  test.each(['who gets it', 'who sent it'])('is read where only the one %s has subscriptions', async (which) => {
    const [ann, ben] = [await api.register('ann'), await api.register('ben')];
    const { body } = await ann.call('POST /conversations', { body: { type: 'direct', memberIds: [ben.id] } });
    await subscribe(which === 'who gets it' ? ben : ann);
    await say(await ann.open(), body.id, 'what the sender’s devices show is outdated, too');
    await expect.poll(() => api.streamed.some((key) => key.includes(body.id))).toBe(true);
  });

  test('notifies of a message whose sender’s function died after it was written', async () => {
    const { anns, id, device } = await annAndBen();
    api.crashes.message = 1;
    // Nobody answers it.
    void anns.ask({ action: 'message', conversationId: id, text: 'the last words' });
    await pushedTo(device);
    expect(device.notifications[0]?.body).toBe('the last words');
  });
});

describe('what happens before it is pushed counts:', () => {
  type Scene = Awaited<ReturnType<typeof annAndBen>>;
  const receipt = (status: string) => async (scene: Scene) => {
    const bens = await scene.ben.open();
    expect(await bens.ask({ action: 'receipt', conversationId: scene.id, seq: 1, status })).toHaveProperty('ok');
    bens.socket.webSocket.close();
    await expect.poll(() => api.sessions.connectionsOf([scene.ben.id], Date.now())).toEqual([]);
  };
  const member = ({ id, ben }: Scene) => ({ params: { id, userId: ben.id } });

  test.each<[string, (scene: Scene) => Promise<unknown>]>([
    ['they received it, and went again', receipt('delivered')],
    ['they read it, and went again', receipt('read')],
    [
      'they muted the conversation',
      (s) => s.ben.call('PATCH /conversations/{id}/members/{userId}', { ...member(s), body: { muted: true } }),
    ],
    ['they blocked its sender', ({ ben, ann }) => ben.call('PUT /users/me/blocks/{id}', { params: { id: ann.id } })],
    ['it was deleted', ({ anns, id }) => anns.ask({ action: 'delete', conversationId: id, seq: 1 })],
    ['they erased their account', ({ ben }) => ben.confirm().then(() => ben.call('DELETE /users/me'))],
  ])('%s', async (_, happens) => {
    const scene = await annAndBen();
    await say(scene.anns, scene.id, 'hello');
    await handedOn();
    await happens(scene);
    expect(await api.push()).toBe(0);
    expect(scene.device.notifications).toEqual([]);
  });
});

describe('a push is for who has not received the message, whatever sockets there are:', () => {
  type Scene = Awaited<ReturnType<typeof annAndBen>>;
  beforeEach(drain);
  /** Ben’s client says something of Ann’s message, which it has got. */
  async function says(bens: Device, { id }: Scene, status: 'delivered' | 'read') {
    await bens.until((events) => events.some(({ type }) => type === 'message'));
    expect(await bens.ask({ action: 'receipt', conversationId: id, seq: 1, status })).toHaveProperty('ok');
  }
  const show = async (bens: Device, visible: boolean) =>
    expect(await bens.ask({ action: 'visibility', visible })).toMatchObject({ ok: {} });

  test.each<[string, number, (scene: Scene) => Promise<(() => Promise<void>) | undefined>]>([
    [
      'a peer that vanished, and whose socket lives on, gets it',
      1,
      async ({ ben }) => {
        (await ben.open()).socket.rawSocket.pause();
        return undefined;
      },
    ],
    [
      'a visible client that received it keeps it back',
      0,
      async (scene) => {
        const bens = await scene.ben.open();
        return () => says(bens, scene, 'delivered');
      },
    ],
    [
      'a hidden client that received it doesn’t',
      1,
      async (scene) => {
        const bens = await scene.ben.open();
        await show(bens, false);
        return () => says(bens, scene, 'delivered');
      },
    ],
    [
      'nor does a visible one that vanished, beside it',
      1,
      async (scene) => {
        const bens = await scene.ben.open();
        (await scene.ben.open()).socket.rawSocket.pause();
        await show(bens, false);
        return () => says(bens, scene, 'delivered');
      },
    ],
    [
      'a visible client that received it after a hidden one does',
      0,
      async (scene) => {
        const [tab, phone] = [await scene.ben.open(), await scene.ben.open()];
        await show(tab, false);
        return async () => {
          await says(tab, scene, 'delivered');
          await says(phone, scene, 'delivered');
        };
      },
    ],
    [
      'a client that is visible again does',
      0,
      async (scene) => {
        const bens = await scene.ben.open();
        for (const visible of [false, false, true, true]) await show(bens, visible);
        return () => says(bens, scene, 'delivered');
      },
    ],
    [
      'who has read it at a hidden client needs none',
      0,
      async (scene) => {
        const bens = await scene.ben.open();
        await show(bens, false);
        return () => says(bens, scene, 'read');
      },
    ],
  ])('%s', async (_, count, begin) => {
    const scene = await annAndBen();
    const answer = await begin(scene);
    await say(scene.anns, scene.id, 'hello');
    await expect.poll(() => api.pushesWaiting(soon)).toBe(1);
    expect(api.pushesWaiting(14_000)).toBe(0);
    await answer?.();
    await look();
    expect(scene.device.notifications).toHaveLength(count);
  });

  test('who has read it before anybody could look at it is in no job', async () => {
    const scene = await annAndBen();
    const bens = await scene.ben.open();
    const cara = await api.register('cara');
    await subscribe(cara);
    await cara.open();
    const { body } = await scene.ben.call('POST /conversations', { body: { type: 'direct', memberIds: [cara.id] } });
    await say(scene.anns, scene.id, 'hello');
    await says(bens, scene, 'read');
    // The stream is in order, so this job comes after those of Ann’s message.
    await say(bens, body.id, 'hello');
    await expect.poll(() => api.pushesWaiting(soon)).toBeGreaterThan(0);
    expect(api.pushesWaiting(soon)).toBe(1);
    await look();
  });

  test('who comes online has their time, and gets it if they don’t receive it', async () => {
    const { ben, anns, id, device } = await annAndBen();
    await say(anns, id, 'hello');
    await handedOn();
    await ben.open();
    expect(await api.push()).toBe(0);
    expect(device.notifications).toEqual([]);
    await look();
    expect(device.notifications).toHaveLength(1);
  });
});

describe('a notification is taken back', () => {
  beforeEach(drain);
  /** Ben’s device shows that Ann said hello. */
  async function shown() {
    const scene = await annAndBen();
    await say(scene.anns, scene.id, 'hello');
    await push();
    expect(scene.device.notifications).toHaveLength(1);
    return scene;
  }
  const takenBack = (id: string, seq: number, counts = { unread: 0, badge: 0 }) => ({
    conversationId: id,
    seq,
    ...counts,
    takenBack: true,
  });
  const read = async (bens: Device, conversationId: string, seq: number) =>
    expect(await bens.ask({ action: 'receipt', conversationId, seq, status: 'read' })).toHaveProperty('ok');

  test('when its message was read elsewhere, once, with the badge of what is left', async () => {
    const { ann, ben, anns, id, device } = await shown();
    const { body: other } = await ann.call('POST /conversations', {
      body: { type: 'group', name: 'Rowers', memberIds: [ben.id] },
    });
    await say(anns, other.id, 'one');
    await push();
    const bens = await ben.open();
    await read(bens, id, 1);
    await push();
    expect(device.notifications[2]).toEqual(takenBack(id, 1, { unread: 0, badge: 1 }));
    expect(device.headers[2]).toMatchObject({ urgency: 'normal', topic: device.headers[0]?.['topic'] });
    await read(bens, other.id, 1);
    await push();
    expect(device.notifications.slice(3)).toEqual([takenBack(other.id, 1)]);
  });

  test('when the person has written since', async () => {
    const { ben, id, device } = await shown();
    await say(await ben.open(), id, 'hello back');
    await push();
    expect(device.notifications.slice(1)).toEqual([takenBack(id, 1)]);
  });

  test('when its message was deleted', async () => {
    const { anns, id, device } = await shown();
    expect(await anns.ask({ action: 'delete', conversationId: id, seq: 1 })).toHaveProperty('ok');
    await push();
    expect(device.notifications.slice(1)).toEqual([takenBack(id, 1, { unread: 1, badge: 1 })]);
  });

  test('when its message was deleted, also beside a newer one that a visible client has received', async () => {
    const { ben, anns, id, device } = await shown();
    const bens = await ben.open();
    await say(anns, id, 'two');
    await bens.until((events) => events.some(({ type }) => type === 'message'));
    await bens.ask({ action: 'receipt', conversationId: id, seq: 2, status: 'delivered' });
    expect(await anns.ask({ action: 'delete', conversationId: id, seq: 1 })).toHaveProperty('ok');
    await look();
    expect(device.notifications.slice(1)).toEqual([takenBack(id, 1, { unread: 2, badge: 2 })]);
  });

  test('from every device that shows it, and a browser that is gone is forgotten', async () => {
    const scene = await annAndBen();
    const { device: second } = await subscribe(scene.ben);
    await say(scene.anns, scene.id, 'hello');
    await push();
    second.answers.push({ status: 410 });
    const bens = await scene.ben.open();
    await read(bens, scene.id, 1);
    await push();
    expect(scene.device.notifications).toHaveLength(2);
    expect(second.headers).toHaveLength(2);
    await say(scene.anns, scene.id, 'again');
    await look();
    expect(scene.device.notifications).toHaveLength(3);
    expect(second.headers).toHaveLength(2);
  });

  test('and isn’t if it says more than was read or deleted, nor a second time, nor if there was none', async () => {
    const { anns, ben, id, device } = await shown();
    await say(anns, id, 'two', 'three');
    // The stream may be read between the two.
    const newest = async () => (await api.push()) === 0 && device.notifications.at(-1);
    await expect.poll(newest).toMatchObject({ seq: 3 });
    const bens = await ben.open();
    await read(bens, id, 2);
    expect(await anns.ask({ action: 'delete', conversationId: id, seq: 2 })).toHaveProperty('ok');
    await read(bens, id, 3);
    await push();
    await read(bens, id, 4);
    // What comes last in the stream: by then all of the above was looked at.
    await say(anns, id, 'five');
    await look();
    const taken = device.notifications.filter((one) => one.takenBack);
    expect(taken).toEqual([takenBack(id, 3)]);
  });
});

describe('a job that is done twice', () => {
  test('notifies once, and an older message never after a newer one', async () => {
    const { anns, id, device } = await annAndBen();
    await say(anns, id, 'one');
    await handedOn();
    await say(anns, id, 'two');
    await expect.poll(() => api.pushesWaiting()).toBe(2);
    device.answers.push({ status: 500 });
    // Both are sent at the same time. The one that the service refused is tried again.
    expect(await api.push()).toBe(1);
    expect(await api.push(muchLater)).toBe(0);
    const seqs = device.notifications.map(({ seq }) => seq);
    expect(seqs).toContain(2);
    expect(new Set(seqs).size).toBe(seqs.length);
    expect(seqs).toEqual(seqs.toSorted());
  });

  test('pushes to the device that is missing, and not again to the one that has it', async () => {
    const { ben, anns, id, device } = await annAndBen();
    const { device: second } = await subscribe(ben);
    second.answers.push({ status: 503 });
    await say(anns, id, 'hello');
    expect(await push()).toBe(1);
    expect(second.notifications).toEqual([]);
    expect(await api.push(muchLater)).toBe(0);
    for (const one of [device, second]) expect(one.notifications).toHaveLength(1);
  });
});

describe('a push service', () => {
  test.each([404, 410])('that answers %i ends the subscription, and with the last one the asking', async (status) => {
    const { ben, anns, id, device } = await annAndBen();
    device.answers.push({ status });
    await say(anns, id, 'one');
    expect(await push()).toBe(0);
    await say(anns, id, 'two');
    expect(await push()).toBe(0);
    expect(device.headers).toHaveLength(1);
    const [state] = await api.sessions.statesOf([ben.id], Date.now());
    expect(state).toMatchObject({ userId: ben.id, pushUntil: undefined });
  });

  test.each([429, 500])('that answers %i is asked again when it says so, not before', async (status) => {
    const { anns, id, device } = await annAndBen();
    device.answers.push({ status, headers: { 'retry-after': '600' } });
    await say(anns, id, 'hello');
    expect(await push()).toBe(1);
    expect(api.pushesWaiting(590_000)).toBe(0);
    expect(await api.push(610_000)).toBe(0);
    expect(device.notifications).toHaveLength(1);
  });

  test.each([400, 403, 413])(
    'that answers %i is not asked again for this message, and is for the next',
    async (status) => {
      const { anns, id, device } = await annAndBen();
      device.answers.push({ status });
      await say(anns, id, 'one');
      expect(await push()).toBe(0);
      expect(api.pushesWaiting(muchLater)).toBe(0);
      await say(anns, id, 'two');
      expect(await push()).toBe(0);
      expect(device.notifications).toEqual([expect.objectContaining({ seq: 2 })]);
    },
  );

  test('that fails each time is no dead letter: the job ends after six tries', async () => {
    const { anns, id, device } = await annAndBen();
    device.answers.push(...Array.from({ length: 10 }, () => ({ status: 500 })));
    await say(anns, id, 'hello');
    const failed = [await push()];
    for (let tries = 2; tries <= 6; tries++) failed.push(await api.push(tries * muchLater));
    expect(failed).toEqual([1, 1, 1, 1, 1, 0]);
    // Both posts were in the first minute: the endpoint rests after the second, by the clock of the function.
    expect(device.headers).toHaveLength(2);
  });

  test('that hangs delays nobody else, and its devices are tried less and less', async () => {
    const { ann, anns } = await annAndBen();
    const people = await Promise.all(Array.from({ length: 9 }, () => api.register('sleeper')));
    const hanging = await startPushService();
    try {
      const devices = people.map(() => hanging.device());
      for (const [i, device] of devices.entries()) {
        device.answers.push(...Array.from({ length: 10 }, () => ({ status: 'hangs' }) as const));
        const person = people[i];
        if (person) await subscribe(person, device);
      }
      const good = await api.register('good');
      const { device } = await subscribe(good);
      const memberIds = [...people, good].map((person) => person.id);
      const { body } = await ann.call('POST /conversations', { body: { type: 'group', name: 'all', memberIds } });
      await say(anns, body.id, 'hello');
      await expect.poll(() => api.pushesWaiting()).toBe(10);
      expect(await api.push()).toBe(9);
      expect(device.notifications).toHaveLength(1);
      // The host hangs, so one of the nine is posted again.
      expect(await api.push(muchLater)).toBe(9);
      expect(devices.reduce((sum, one) => sum + one.headers.length, 0)).toBe(10);
      for (let tries = 3; tries <= 6; tries++) await api.push(tries * muchLater);
      expect(api.pushesWaiting(10 * muchLater)).toBe(0);
    } finally {
      await hanging.stop();
    }
  });

  test('that redirects is not followed', async () => {
    const { anns, id, device } = await annAndBen();
    const elsewhere = service.device();
    device.answers.push({ status: 307, headers: { location: elsewhere.subscription.endpoint } });
    await say(anns, id, 'hello');
    expect(await push()).toBe(1);
    expect(elsewhere.headers).toEqual([]);
    expect(await api.push(muchLater)).toBe(0);
  });
});

describe('a subscription', () => {
  test('ends with the login that made it', async () => {
    const { ben, anns, id, device } = await annAndBen();
    const credentials = { login: ben.username, password: 'a long enough secret' };
    const { body: login } = await api.call('POST /auth/login', { body: credentials });
    const other = service.device();
    await api.call('POST /push/subscriptions', { token: login.accessToken, body: other.subscription });
    await api.call('POST /auth/logout', { body: { refreshToken: login.refreshToken } });
    await say(anns, id, 'hello');
    await push();
    expect(device.notifications).toHaveLength(1);
    expect(other.headers).toEqual([]);
  });

  test('is made for the key that the server has', async () => {
    const { ben } = await annAndBen();
    expect((await ben.call('GET /push/key')).body).toEqual({ publicKey: process.env['PUSH_PUBLIC_KEY'] });
  });

  test('is one however often it is made, and is gone once it is ended', async () => {
    const { ben, anns, id, device } = await annAndBen();
    const again = await subscribe(ben, device);
    await say(anns, id, 'one');
    await push();
    expect(device.notifications).toHaveLength(1);
    const { device: other } = await subscribe(ben);
    expect((await ben.call('DELETE /push/subscriptions/{id}', { params: { id: again.id } })).status).toBe(204);
    await say(anns, id, 'two');
    await push();
    expect(device.headers).toHaveLength(1);
    expect(other.notifications).toHaveLength(1);
  });

  test('takes a device from whoever had it before: two people who share a browser don’t get each other’s messages', async () => {
    const { ben, anns, id, device } = await annAndBen();
    const cara = await api.register('cara');
    const caras = await subscribe(cara, device);
    await say(anns, id, 'for ben alone');
    await push();
    expect(device.headers).toEqual([]);

    const { id: bens } = await subscribe(ben, device);
    expect(bens).toBe(caras.id);
    expect((await cara.call('DELETE /push/subscriptions/{id}', { params: { id: caras.id } })).status).toBe(204);
    await say(anns, id, 'for ben again');
    await push();
    expect(device.notifications).toHaveLength(1);
  });

  test('makes room for the newest', async () => {
    const { ben, anns, id, device } = await annAndBen();
    for (let i = 0; i < limits.pushSubscriptions; i++) await subscribe(ben);
    await say(anns, id, 'hello');
    await push();
    expect(device.headers).toEqual([]);
  });

  test.each([
    ['an address of a private network', 'https://10.0.0.1/x'],
    ['an address of the instance', 'https://169.254.169.254/latest'],
    ['an IPv6 address of a private network', 'https://[fd00::1]/x'],
    ['an IPv4 address in an IPv6 one', 'https://[::ffff:10.0.0.1]/x'],
    ['http', 'http://push.example/x'],
    ['a port of its own', 'https://push.example:8443/x'],
    ['a password', 'https://me:secret@push.example/x'],
    ['another scheme', 'file:///etc/passwd'],
  ])('is refused for %s', async (_, endpoint) => {
    const ben = await api.register('ben');
    const body = { ...service.device().subscription, endpoint };
    expect(await ben.call('POST /push/subscriptions', { body })).toMatchObject({ status: 400 });
  });

  test.each(['fcm', 'apns'])('is forbidden for an app by %s, which is not set up here', async (platform) => {
    const ben = await api.register('ben');
    const answer = await ben.call('POST /push/subscriptions', { body: { platform, token: 'a-token-of-some-length' } });
    expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden', temporary: false } });
  });

  test('is refused for a key that is no point of the curve', async () => {
    const ben = await api.register('ben');
    const { endpoint, keys } = service.device().subscription;
    const body = { endpoint, keys: { ...keys, p256dh: Buffer.alloc(65, 4).toString('base64url') } };
    expect(await ben.call('POST /push/subscriptions', { body })).toMatchObject({ status: 400 });
  });
});
