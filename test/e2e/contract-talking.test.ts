import { v7 } from 'uuid';
import { beforeAll, expect, inject, test } from 'vitest';
import type { Conversation } from '#protocol/conversations.ts';
import { type ReplyFrame, Sent } from '#protocol/frames.ts';
import type { Device } from '#test/helpers/device.ts';
import { type Endpoints, endpointsOf, Member } from '#test/helpers/member.ts';

let endpoints: Endpoints;
beforeAll(async () => {
  endpoints = await endpointsOf(inject('url'));
});

const register = (name: string) => Member.register(endpoints, name);
const say = (device: Device, conversationId: string, text: string, more: object = {}) =>
  device.ask({ action: 'message', conversationId, text, ...more });
const seqOf = ({ ok }: ReplyFrame) => Sent.parse(ok).seq;

/** Three who talk, each with a device, in a group that is small, or large for nine who are silent. */
async function talkers(size: 'small' | 'large') {
  const [ann, ben, cara] = await Promise.all([register('ann'), register('ben'), register('cara')]);
  const silent = size === 'large' ? await Promise.all(Array.from({ length: 9 }, () => register('silent'))) : [];
  const conversation = await ann.startGroup([ben, cara, ...silent]);
  const devices = await Promise.all([ann.open(), ben.open(), cara.open()]);
  return { ann, ben, cara, devices, conversation };
}

test('both sides starting to talk at once get the same conversation', async () => {
  const [ann, ben] = [await register('ann'), await register('ben')];
  const started = await Promise.all([ann, ben, ann, ben].map((one) => one.startDirect(one === ann ? ben : ann)));
  expect(new Set(started.map(({ id }) => id)).size).toBe(1);
});

test.each(['small', 'large'] as const)(
  'in a %s group all see one order: live, in history both ways, and by sync',
  async (size) => {
    const { ann, ben, devices, conversation } = await talkers(size);
    const { id } = conversation;
    const texts = Array.from({ length: 8 }, (_, i) => i);
    const acked = await Promise.all(
      devices.map(async (device, who) => {
        const seqs: number[] = [];
        for (const i of texts) seqs.push(seqOf(await say(device, id, `${who}:${i}`)));
        return seqs;
      }),
    );
    const history = async (query: string) => (await ann.call(`GET /conversations/${id}/messages?${query}`)).body;
    const all = (await history('limit=100')).messages;
    const seqs: number[] = all.map(({ seq }: { seq: number }) => seq);
    expect(seqs).toEqual(acked.flat().sort((a, b) => a - b));
    for (const own of acked) expect(own).toEqual([...own].sort((a, b) => a - b));

    const synced = (await ben.call('POST /sync', { cursors: { [id]: 0 } })).body.conversations[0];
    expect(synced.events.map(({ message }: { message: object }) => message)).toEqual(all);
    for (const [who, device] of devices.entries()) {
      const others = all.filter(({ text }: { text: string }) => !text.startsWith(`${who}:`));
      await device.until(() => device.messages.length >= others.length);
      const live = device.events.flatMap((event) => (event.type === 'message' ? event.message : []));
      expect(live.sort((a, b) => a.seq - b.seq)).toEqual(others);
    }

    const middle = seqs[12] ?? 0;
    expect(await history(`after=${middle}&limit=5`)).toEqual({
      messages: all.slice(13, 18),
      changes: [],
      hasMore: true,
    });
    expect(await history(`before=${middle}&limit=5`)).toEqual({
      messages: all.slice(7, 12),
      changes: [],
      hasMore: true,
    });
    expect(await history(`before=${seqs[2]}&limit=5`)).toEqual({
      messages: all.slice(0, 2),
      // What made the group large is between them and its beginning.
      changes: expect.any(Array),
      hasMore: false,
    });
  },
);

test.each(['small', 'large'] as const)(
  'in a %s group copies of one message on several sockets at once are one message with one answer',
  async (size) => {
    const { ann, conversation } = await talkers(size);
    const devices = await Promise.all([ann.open(), ann.open(), ann.open(), ann.open()]);
    const [caller] = devices;
    const ids = Array.from({ length: 5 }, () => v7());
    for (const id of ids) {
      const answers = await Promise.all(devices.map((device) => say(device, conversation.id, id, { id, after: 0 })));
      expect(answers[0]).toHaveProperty('ok');
      for (const answer of answers) expect(answer).toEqual(answers[0]);
    }
    // Again, when others have followed.
    const late = await Promise.all(ids.map((id) => say(caller, conversation.id, id, { id, after: 0 })));

    const { body } = await ann.call(`GET /conversations/${conversation.id}/messages`);
    expect(body.messages.map(({ clientId }: { clientId: string }) => clientId)).toEqual(ids);
    expect(late.map(seqOf)).toEqual(body.messages.map(({ seq }: { seq: number }) => seq));
  },
);

test('what is unread, and how far the others are, is the same on all devices', async () => {
  const [ann, ben] = [await register('ann'), await register('ben')];
  const { id } = await ben.startDirect(ann);
  const [phone, benPhone, benLaptop] = [await ann.open(), await ben.open(), await ben.open()];
  for (const text of ['one', 'two', 'three']) await say(phone, id, text);
  const asBen = async (): Promise<Conversation> => (await ben.call(`GET /conversations/${id}`)).body;
  expect(await asBen()).toMatchObject({ unread: 3, readSeq: 0, lastSeq: 3, lastMessage: { text: 'three' } });
  await benPhone.ask({ action: 'receipt', conversationId: id, seq: 2, status: 'read' });
  expect(await asBen()).toMatchObject({ unread: 1, readSeq: 2 });
  for (const device of [phone, benLaptop])
    await device.until((events) => events.some((event) => event.type === 'receipt' && event.read === 2));
  await say(benLaptop, id, 'four');
  expect(await asBen()).toMatchObject({ unread: 0, readSeq: 4 });
});

test('sync tells of conversations that are new and of those that are over, from any cursor', async () => {
  const { ann, cara, devices, conversation } = await talkers('small');
  const { id } = conversation;
  await say(devices[0], id, 'hello');
  const sync = async (cursors: object) => (await cara.call('POST /sync', { cursors })).body;
  expect(await sync({})).toMatchObject({ conversations: [], added: [{ id, lastSeq: 1, unread: 1 }], removed: [] });
  expect(await sync({ [id]: 1 })).toMatchObject({ conversations: [{ conversationId: id, events: [], more: false }] });
  expect(await sync({ [id]: 900 })).toMatchObject({
    conversations: [{ lastSeq: 1, resync: true, events: [{ seq: 1 }] }],
  });
  await ann.call(`DELETE /conversations/${id}/members/${cara.id}`);
  expect(await sync({ [id]: 1 })).toMatchObject({ conversations: [], added: [], removed: [id] });
});

test('who is removed gets nothing from then on, and can do nothing', async () => {
  const { ann, ben, cara, devices, conversation } = await talkers('small');
  const [annPhone, benPhone, caraPhone] = devices;
  const { id } = conversation;
  await ann.call(`DELETE /conversations/${id}/members/${cara.id}`);
  await say(annPhone, id, 'between us');
  await ann.call(`PATCH /conversations/${id}`, { name: 'between us' });
  await benPhone.until((events) => events.length === 3);
  // What was pushed is delivered before this is answered.
  expect(await say(caraPhone, id, 'am I there?')).toMatchObject({ error: { code: 'forbidden' } });
  expect(caraPhone.events).toMatchObject([{ type: 'member', userId: cara.id, change: 'removed', by: ann.id }]);
  for (const route of ['', '/messages', '/members'])
    expect(await cara.call(`GET /conversations/${id}${route}`), route).toMatchObject({ status: 403 });
  const list = await cara.call('GET /conversations');
  expect(list.body.conversations).toEqual([]);
  expect((await ben.call('GET /conversations')).body.conversations).toMatchObject([{ name: 'between us' }]);
});

test('what is said is found by those who may see it, as it is now', async () => {
  const { ann, ben, cara, devices, conversation } = await talkers('small');
  const { id: conversationId } = conversation;
  const [device] = devices;
  if (!device) throw new Error('no device');
  const first = seqOf(await say(device, conversationId, 'Grüße aus Łódź'));
  const second = seqOf(await say(device, conversationId, 'GRUSSE aus 東京都'));
  const found = async (who: Member, q: string) => {
    const { hits } = (await who.call(`GET /search?${new URLSearchParams({ q })}`)).body;
    return hits.map(({ message }: { message: { seq: number } }) => message.seq);
  };
  expect(await found(ben, 'grusse')).toEqual([second, first]);
  expect(await found(ben, '京都')).toEqual([second]);

  await device.ask({ action: 'edit', conversationId, seq: first, text: 'Greetings from Lodz' });
  await device.ask({ action: 'delete', conversationId, seq: second });
  expect(await found(ben, 'grusse')).toEqual([]);
  expect(await found(ann, 'łódź greet')).toEqual([first]);
  expect((await ann.call(`DELETE /conversations/${conversationId}/members/${cara.id}`)).status).toBe(204);
  expect(await found(cara, 'lodz')).toEqual([]);
});
