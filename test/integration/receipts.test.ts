import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Receipt } from '#protocol/receipts.ts';
import { type Api, type Person, startApi } from '#test/helpers/api.ts';
import type { Device } from '#test/helpers/device.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

async function groupOf(owner: Person, memberIds: readonly string[]): Promise<string> {
  return (await owner.call('POST /conversations', { body: { type: 'group', name: 'all', memberIds } })).body.id;
}

async function receiptsOf(person: Person, id: string): Promise<Receipt[]> {
  return (await person.call('GET /conversations/{id}/receipts', { params: { id } })).body.receipts;
}

const read = (device: Device, conversationId: string, seq: number) =>
  device.ask({ action: 'receipt', conversationId, seq, status: 'read' });

/** The receipts that a device got, once the last one has arrived. */
async function told(device: Device, last: (receipt: Receipt) => boolean): Promise<Receipt[]> {
  const receipts = () => device.events.filter((event) => event.type === 'receipt');
  await device.until(() => receipts().some(last));
  return receipts().map(({ userId, delivered, read }) => ({ userId, delivered, read }));
}

test.each([1, 9])(
  'with %i others, who hides what they read is seen to have received it; their own devices see all',
  async (others) => {
    const [ann, ben] = [await api.register(), await api.register()];
    const id = await groupOf(ann, [ben.id, ...(await api.crowd(others - 1))]);
    const [annDevice, benPhone, benLaptop] = [await ann.open(), await ben.open(), await ben.open()];
    for (const text of ['1', '2']) await annDevice.ask({ action: 'message', conversationId: id, text });
    await ben.call('PATCH /users/me/settings', { body: { privateRead: true } });
    await read(benPhone, id, 1);
    await read(benPhone, id, 2);
    const isLast = ({ delivered }: Receipt) => delivered === 2;
    expect((await told(benLaptop, isLast)).at(-1)).toEqual({ userId: ben.id, delivered: 2, read: 2 });
    expect((await told(annDevice, isLast)).map((receipt) => receipt.read)).not.toContainEqual(expect.toBeOneOf([1, 2]));
    expect(await receiptsOf(ann, id)).toContainEqual({ userId: ben.id, delivered: 2, read: 0 });
    expect(await receiptsOf(ben, id)).toContainEqual({ userId: ben.id, delivered: 2, read: 2 });
    expect(await receiptsOf(ben, id)).toContainEqual({ userId: ann.id, delivered: 2, read: 2 });
    expect(await receiptsOf(ann, id)).toHaveLength(1 + others);
  },
);

test('in a room of over 100 members everyone sees their own only', async () => {
  const [ann, ben] = [await api.register(), await api.register()];
  const id = await groupOf(ann, [ben.id, ...(await api.crowd(99))]);
  const [annDevice, benPhone, benLaptop] = [await ann.open(), await ben.open(), await ben.open()];
  await annDevice.ask({ action: 'message', conversationId: id, text: '1' });
  await benPhone.until((events) => events.some(({ type }) => type === 'message'));
  const seq = (await ann.call('GET /conversations/{id}', { params: { id } })).body.lastSeq;
  await read(annDevice, id, seq);
  await read(benPhone, id, seq);
  const mine = { userId: ben.id, delivered: seq, read: seq };
  expect(await told(benLaptop, ({ userId }) => userId === ben.id)).toEqual([mine]);
  expect(await receiptsOf(ben, id)).toEqual([mine]);
  expect(annDevice.events.filter((event) => event.type === 'receipt' && event.userId === ben.id)).toEqual([]);
});

test('a flood of receipts becomes a few frames, and the newest state arrives', async () => {
  const [ann, ben] = [await api.register(), await api.register()];
  const id = await groupOf(ann, [ben.id]);
  const [annDevice, benDevice] = [await ann.open(), await ben.open()];
  const messages = Array.from({ length: 30 }, (_, i) => ({ action: 'message', conversationId: id, text: `${i}` }));
  for (const message of messages) await annDevice.ask(message);
  for (let seq = 1; seq <= 30; seq++) await read(benDevice, id, seq);
  const receipts = await told(annDevice, (receipt) => receipt.read === 30);
  expect(receipts.length).toBeLessThan(15);
  expect(receipts).toEqual(receipts.toSorted((a, b) => a.read - b.read));
});

test('the receipts of several conversations go in one frame, of which only failures are answered', async () => {
  const [ann, ben, cara] = [await api.register(), await api.register(), await api.register()];
  const both = await groupOf(ann, [ben.id]);
  const [large, foreign] = [await groupOf(ann, [ben.id, ...(await api.crowd(8))]), await groupOf(cara, [ann.id])];
  const [annDevice, benDevice] = [await ann.open(), await ben.open()];
  const answers: unknown[] = [];
  benDevice.socket.webSocket.on('message', (data) =>
    answers.push(...('events' in JSON.parse(`${data}`) ? [] : [`${data}`])),
  );
  for (const id of [both, large])
    for (const text of ['1', '2']) await annDevice.ask({ action: 'message', conversationId: id, text });
  benDevice.report([
    { conversationId: both, seq: 2, status: 'read' },
    { conversationId: large, seq: 1, status: 'read' },
    { conversationId: large, seq: 9, status: 'delivered' },
  ]);
  const known = () =>
    annDevice.events.flatMap((event) =>
      event.type === 'receipt' ? [[event.conversationId, event.delivered, event.read]] : [],
    );
  await annDevice.until(
    // Of a conversation with two of the reports, the stream may be read between their writes.
    () =>
      known().some(([id]) => id === both) && known().some(([id, to, read]) => id === large && to === 2 && read !== 0),
  );
  expect(known()).toContainEqual([both, 2, 2]);
  expect(known()).toContainEqual([large, 2, 1]);
  expect(await receiptsOf(ben, both)).toContainEqual({ userId: ben.id, delivered: 2, read: 2 });
  expect(answers).toEqual([]);

  const refused = (receipts: object) => benDevice.ask({ action: 'receipts', ...receipts });
  const read = { seq: 1, status: 'read' };
  const mixed = [
    { conversationId: foreign, ...read },
    { conversationId: large, seq: 2, status: 'read' },
  ];
  expect((await refused({ receipts: mixed })).error?.code).toBe('forbidden');
  expect(await receiptsOf(ben, large)).toContainEqual({ userId: ben.id, delivered: 2, read: 2 });
  expect((await refused({ receipts: [{ conversationId: ben.id, ...read }] })).error?.code).toBe('not_found');
  for (const receipts of [[], {}, [{ conversationId: both }], Array(51).fill({ conversationId: both, ...read })])
    expect((await refused({ receipts })).error?.code).toBe('bad_request');
});

test('the read pointer reaches what the client names, also if that is not the newest change, and never beyond that', async () => {
  const [ann, ben] = [await api.register(), await api.register()];
  const id = await groupOf(ann, [ben.id]);
  const [annDevice, benDevice] = [await ann.open(), await ben.open()];
  for (const text of ['1', '2', '3']) await annDevice.ask({ action: 'message', conversationId: id, text });
  const unread = async () => (await ben.call('GET /conversations/{id}', { params: { id } })).body.unread;
  for (const [seq, left] of [
    [2, 1],
    [1, 1],
    [99, 0],
    [99, 0],
  ] as const) {
    expect(await read(benDevice, id, seq)).toHaveProperty('ok');
    expect(await unread()).toBe(left);
  }
});

test('sending moves one’s pointer without a receipt', async () => {
  const [ann, ben] = [await api.register(), await api.register()];
  const id = await groupOf(ann, [ben.id]);
  const [annDevice, benDevice] = [await ann.open(), await ben.open()];
  await annDevice.ask({ action: 'message', conversationId: id, text: '1' });
  await read(benDevice, id, 1);
  await benDevice.ask({ action: 'message', conversationId: id, text: '2' });
  await read(annDevice, id, 2);
  expect(await told(benDevice, ({ userId }) => userId === ann.id)).not.toContainEqual(
    expect.objectContaining({ userId: ben.id, read: 2 }),
  );
});

test('receipts are for members', async () => {
  const [ann, ben, stranger] = [await api.register(), await api.register(), await api.register()];
  const id = await groupOf(ann, [ben.id]);
  const answer = await stranger.call('GET /conversations/{id}/receipts', { params: { id } });
  expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
});

test.each([0, 8])('who joins has read up to the event that adds them, with %i silent members', async (silent) => {
  const [ann, ben, cara] = [await api.register(), await api.register(), await api.register()];
  const id = await groupOf(ann, await api.crowd(1 + silent));
  const device = await ann.open();
  await device.ask({ action: 'message', conversationId: id, text: 'before' });
  await ann.call('POST /conversations/{id}/members', { params: { id }, body: { userIds: [ben.id, cara.id] } });
  const added = () => device.events.flatMap((event) => (event.type === 'member' ? event : []));
  await device.until(() => added().length === 2);
  const receipts = await receiptsOf(ann, id);
  for (const { userId, seq } of added()) expect(receipts).toContainEqual({ userId, delivered: seq, read: seq });
  expect((await ben.call('GET /conversations/{id}', { params: { id } })).body.unread).toBe(0);
});
