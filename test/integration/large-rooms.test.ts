import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { keys } from '#adapters/dynamo/messages/keys.ts';
import { createRounds } from '#adapters/dynamo/messages/rounds.ts';
import { createTurns } from '#adapters/dynamo/messages/turns.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import type { Event } from '#protocol/events.ts';
import { type Api, type Person, startApi } from '#test/helpers/api.ts';
import { messagesTable } from '#test/helpers/chat.ts';
import type { Device } from '#test/helpers/device.ts';

let api: Api;
let crowd: string[];
beforeAll(async () => {
  api = await startApi();
  crowd = await api.crowd(110);
});
afterAll(() => api.stop());

/** A large group of the given users and many others, who are silent. */
const room = (owner: Person, ...others: Person[]) => roomWith(crowd, owner, others);

async function roomWith(silent: readonly string[], owner: Person, others: readonly Person[]): Promise<string> {
  const body = { type: 'group', name: 'hall', memberIds: [...others.map(({ id }) => id), ...silent] };
  const { status, body: conversation } = await owner.call('POST /conversations', { body });
  expect(status).toBe(201);
  expect(conversation.memberCount).toBe(1 + others.length + silent.length);
  return conversation.id;
}

const send = async (device: Device, conversationId: string, text: string) =>
  (await device.ask({ action: 'message', conversationId, text })).ok;

/** Waits for a message, and returns all events of a type that a device has got. */
async function eventsOf<T extends Event['type']>(device: Device, type: T, lastText: string) {
  await device.until(() => device.messages.includes(lastText));
  return device.events.filter((event): event is Extract<Event, { type: T }> => event.type === type);
}

test('a message reaches every device once, that of its sender, too', async () => {
  const [ann, ben] = [await api.register(), await api.register()];
  const id = await room(ann, ben);
  const [annPhone, annLaptop, benDevice] = [await ann.open(), await ann.open(), await ben.open()];
  await send(annPhone, id, 'hello');
  for (const device of [annPhone, annLaptop, benDevice])
    expect(await eventsOf(device, 'message', 'hello')).toHaveLength(1);
});

test('a burst becomes fewer frames than messages, all of them in order', async () => {
  const [ann, ben] = [await api.register(), await api.register()];
  const id = await room(ann, ben);
  const [annDevice, benDevice] = [await ann.open(), await ben.open()];
  let frames = 0;
  benDevice.socket.webSocket.on('message', () => frames++);
  for (let i = 0; i < 40; i++) await send(annDevice, id, `${i}`);
  await send(annDevice, id, 'last');
  const seqs = (await eventsOf(benDevice, 'message', 'last')).map(({ seq }) => seq);
  expect(seqs).toHaveLength(41);
  expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
  expect(frames).toBeLessThan(41);
});

test('changes of a message are told with its state, to those who joined after it without', async () => {
  const [ann, ben, late] = [await api.register(), await api.register(), await api.register()];
  const id = await room(ann, ben);
  const [annDevice, benDevice, lateDevice] = [await ann.open(), await ben.open(), await late.open()];
  const { seq } = Object(await send(annDevice, id, 'first'));
  await ann.call('POST /conversations/{id}/members', { params: { id }, body: { userIds: [late.id] } });
  await annDevice.ask({ action: 'edit', conversationId: id, seq, text: 'second' });
  await send(annDevice, id, 'end');
  const [edited] = await eventsOf(benDevice, 'edited', 'end');
  expect(edited).toMatchObject({ target: seq, message: { text: 'second', updatedSeq: edited?.seq } });
  const [seenLate] = await eventsOf(lateDevice, 'edited', 'end');
  expect(seenLate).toEqual({ type: 'edited', conversationId: id, seq: edited?.seq, target: seq, by: ann.id });
  expect(lateDevice.events[0]).toMatchObject({ type: 'member', userId: late.id, change: 'added' });
});

test('who is removed is told so, and gets nothing from then on', async () => {
  const [ann, ben, carl] = [await api.register(), await api.register(), await api.register()];
  const id = await room(ann, ben, carl);
  const [annDevice, benDevice, carlDevice] = [await ann.open(), await ben.open(), await carl.open()];
  await send(annDevice, id, 'before');
  await ann.call('DELETE /conversations/{id}/members/{userId}', { params: { id, userId: carl.id } });
  await send(annDevice, id, 'after');
  await eventsOf(benDevice, 'message', 'after');
  await carlDevice.until((events) => events.some(({ type }) => type === 'member'));
  // This gives events that must not come enough time to come.
  await sleep(1_000);
  expect(carlDevice.messages).not.toContain('after');
  expect(carlDevice.events.at(-1)).toMatchObject({ type: 'member', userId: carl.id, change: 'removed' });
});

test('an owner who leaves hands over, and everyone is told', async () => {
  const [ann, ben] = [await api.register(), await api.register()];
  const id = await room(ann, ben);
  await ann.call('PATCH /conversations/{id}/members/{userId}', {
    params: { id, userId: ben.id },
    body: { role: 'admin' },
  });
  const benDevice = await ben.open();
  await ann.call('DELETE /conversations/{id}/members/{userId}', { params: { id, userId: ann.id } });
  await send(benDevice, id, 'mine now');
  const members = (await eventsOf(benDevice, 'member', 'mine now')).slice(-2);
  expect(members).toMatchObject([
    { userId: ben.id, change: 'role', role: 'owner' },
    { userId: ann.id, change: 'left' },
  ]);
});

test('a function that reads the stream and dies before it is done loses nothing, and repeats nothing', async () => {
  const [ann, ben] = [await api.register(), await api.register()];
  const id = await room(ann, ben);
  const [annDevice, benDevice] = [await ann.open(), await ben.open()];
  await send(annDevice, id, 'ready');
  await eventsOf(benDevice, 'message', 'ready');
  api.crashes.fanout = 3;
  for (const text of ['1', '2', '3']) await send(annDevice, id, text);
  await send(annDevice, id, 'last');
  await eventsOf(benDevice, 'message', 'last');
  await expect.poll(() => api.crashes.fanout).toBe(0);
  // The stream hands this over once what failed has been done.
  await send(annDevice, id, 'end');
  await eventsOf(benDevice, 'message', 'end');
  expect(benDevice.messages).toEqual(['ready', '1', '2', '3', 'last', 'end']);
});

test('sockets that are gone are forgotten', async () => {
  const [ann, ben] = [await api.register(), await api.register()];
  const id = await room(ann, ben);
  const gone = { userId: ben.id, connectionId: 'L0SM9cOFvHcCIhw=', familyId: 'none' };
  await api.sessions.connect(gone, Date.now() - 120_000);
  await send(await ann.open(), id, 'anyone?');
  await expect.poll(() => api.sessions.connectionsOf([ben.id], Date.now())).toEqual([]);
});

describe('a room of more than 500 members', () => {
  let ann: Person;
  let ben: Person;
  let id: string;
  beforeAll(async () => {
    [ann, ben] = [await api.register(), await api.register()];
    id = await roomWith([...crowd, ...(await api.crowd(400))], ann, [ben]);
  });

  /** Posts what waits for the posters until a device has a message. */
  const posted = (device: Device, text: string) =>
    vi.waitFor(
      async () => {
        await api.postAll();
        expect(device.messages).toContain(text);
      },
      { timeout: 60_000, interval: 50 },
    );

  test('gets all messages, in order', async () => {
    const [annDevice, benDevice] = [await ann.open(), await ben.open()];
    for (const text of ['1', '2', '3']) await send(annDevice, id, text);
    for (const device of [annDevice, benDevice]) {
      await posted(device, '3');
      expect(device.messages).toEqual(['1', '2', '3']);
    }
  });

  test('loses nothing if the function dies', async () => {
    const benDevice = await ben.open();
    const annDevice = await ann.open();
    api.crashes.pacedFanout = 1;
    await send(annDevice, id, 'a');
    await expect.poll(() => api.crashes.pacedFanout).toBe(0);
    await send(annDevice, id, 'b');
    // Its message is hidden for 10 seconds, and with it its room.
    await api.tellPaced(11_000);
    await posted(benDevice, 'b');
    expect([...new Set(benDevice.messages)]).toEqual(['a', 'b']);
  });
});

describe('the rounds of a room', () => {
  const served = [{ to: 'someone', seq: 7 }];
  const isSeen = (id: string, seq: number, now: number) =>
    createRounds(createTable(api.client, messagesTable.TableName), () => now).isSeenTo(id, seq, { consistent: true });
  const begin = (id: string, now: number) =>
    createRounds(createTable(api.client, messagesTable.TableName), () => now).begin(id);
  const now = 1_000_000;

  test('see changes while they run, and what they have delivered afterwards', async () => {
    const id = 'a room';
    expect(await isSeen(id, 1, now)).toBe(false);
    const run = await begin(id, now);
    expect(run.served).toEqual([]);
    expect(await isSeen(id, 99, now)).toBe(true);
    expect(await run.rest(served)).toBe(true);
    expect([await isSeen(id, 7, now), await isSeen(id, 8, now)]).toEqual([true, false]);
    expect(await run.keep([...served, { to: 'z', seq: 6 }])).toBe(true);
    expect(await isSeen(id, 99, now + 9_000)).toBe(true);
    expect((await begin(id, now)).served).toEqual([...served, { to: 'z', seq: 6 }]);
  });

  test('that died, or have a clock that is an hour ahead, see nothing', async () => {
    const id = 'another room';
    await (await begin(id, now)).keep(served);
    expect(await isSeen(id, 8, now + 11_000)).toBe(false);
    expect(await isSeen(id, 8, now - 3_600_000)).toBe(false);
    expect(await isSeen(id, 7, now + 11_000)).toBe(true);
  });

  test('end when there is a later run', async () => {
    const id = 'a third room';
    const first = await begin(id, now);
    const second = await begin(id, now);
    expect([await first.keep(served), await first.rest(served)]).toEqual([false, false]);
    expect(await second.keep([])).toBe(true);
    expect(await second.rest(served)).toBe(true);
  });
});

describe('turns', () => {
  const turns = () => createTable(api.client, messagesTable.TableName);
  const now = 1_000_000;

  test('follow one another, and the first after a pause begins at once', async () => {
    await turns().delete(keys.turns);
    const take = createTurns(turns());
    expect([await take(700, now), await take(300, now + 100), await take(300, now + 100)]).toEqual([
      now,
      now + 700,
      now + 1_000,
    ]);
    expect(await take(300, now + 5_000)).toBe(now + 5_000);
  });

  test('are no longer in the way of anybody after a clock that is an hour ahead, nor by one that is behind', async () => {
    await turns().delete(keys.turns);
    const take = createTurns(turns());
    const hour = 3_600_000;
    expect(await take(700, now + hour)).toBe(now + hour);
    expect(await take(700, now)).toBe(now);
    expect(await take(700, now + 100)).toBe(now + 700);
    expect(await take(700, now - hour)).toBe(now - hour);
    expect(await take(700, now + 200)).toBe(now + 200);
  });
});
