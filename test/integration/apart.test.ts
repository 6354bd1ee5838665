import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expression } from '#adapters/dynamo/expression.ts';
import { keys } from '#adapters/dynamo/messages/keys.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import type { Event } from '#protocol/events.ts';
import { tables } from '#test/helpers/accounts.ts';
import { type Api, type Person, startApi } from '#test/helpers/api.ts';
import { messagesTable } from '#test/helpers/chat.ts';
import type { Device } from '#test/helpers/device.ts';

/** Who learns what of whom: of two who have a conversation that only one of them wanted, and of two of whom one blocked the other. */
let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const start = async (by: Person, body: object) => (await by.call('POST /conversations', { body })).body.id as string;
const block = (by: Person, { id }: Person) => by.call('PUT /users/me/blocks/{id}', { params: { id } });
const say = (device: Device, conversationId: string) =>
  device.ask({ action: 'message', conversationId, text: 'hello' });

/** Does what others can notice: reads everything, and types. */
async function read(device: Device, conversationId: string, seq: number): Promise<void> {
  await device.ask({ action: 'receipt', conversationId, seq, status: 'read' });
  await device.ask({ action: 'typing', conversationId, typing: true });
}

const isAbout = (id: string) => (event: Event) =>
  ['receipt', 'typing', 'presence'].includes(event.type) && 'userId' in event && event.userId === id;

/** What somebody learns of another: what was pushed, the receipts of a conversation, and the presence. */
async function learned(person: Person, device: Device, other: Person, id: string) {
  const receipts = (await person.call('GET /conversations/{id}/receipts', { params: { id } })).body.receipts;
  const presence = (await person.call('GET /users/{id}/presence', { params: { id: other.id } })).body;
  const asked = Object((await device.ask({ action: 'presence', userIds: [other.id] })).ok).users;
  return {
    pushed: device.events.filter(isAbout(other.id)).map(({ type }) => type),
    receipt: receipts.some(({ userId }: { userId: string }) => userId === other.id),
    presence: presence.online || asked[0]?.online,
  };
}

const nothing = { pushed: [], receipt: false, presence: false };

/** Receipts are delivered within a second. A third person's, made later, comes after them. */
async function settle(device: Device, by: Device, conversationId: string, seq: number): Promise<void> {
  const before = device.events.length;
  await by.ask({ action: 'receipt', conversationId, seq, status: 'read' });
  await device.until((events) => events.slice(before).some(({ type }) => type === 'receipt'));
}

/** Two people, and a group of one of them with a third, whose receipts tell that earlier ones have been delivered. */
async function two() {
  const [ann, ben, cara] = [await api.register('ann'), await api.register('ben'), await api.register('cara')];
  const [annDevice, benDevice, caraDevice] = [await ann.open(), await ben.open(), await cara.open()];
  const aside = await start(ann, { type: 'group', name: 'aside', memberIds: [cara.id] });
  let asides = 0;
  async function settled(): Promise<void> {
    await say(annDevice, aside);
    await settle(annDevice, caraDevice, aside, ++asides);
  }
  return { ann, ben, cara, annDevice, benDevice, caraDevice, settled };
}

describe('who begins a direct conversation', () => {
  test('learns nothing of the other before they have written; the other may know all', async () => {
    const { ann, ben, annDevice, benDevice, settled } = await two();
    const id = await start(ann, { type: 'direct', memberIds: [ben.id] });
    await say(annDevice, id);
    await read(benDevice, id, 1);
    await settled();
    expect(await learned(ann, annDevice, ben, id)).toEqual(nothing);
    await read(annDevice, id, 1);
    expect(await learned(ben, benDevice, ann, id)).toMatchObject({ receipt: true, presence: true });

    await say(benDevice, id);
    await say(annDevice, id);
    await read(benDevice, id, 3);
    await annDevice.until((events) => events.some(({ type }) => type === 'receipt'));
    expect(await learned(ann, annDevice, ben, id)).toMatchObject({ receipt: true, presence: true });
  });

  test('is told when the other comes and goes once they have written, by the subscription from before', async () => {
    const { ann, ben, annDevice, benDevice } = await two();
    const id = await start(ann, { type: 'direct', memberIds: [ben.id] });
    await annDevice.ask({ action: 'presence', userIds: [ben.id] });
    await api.tellPresence({ userId: ben.id });
    await say(benDevice, id);
    expect(annDevice.events.filter(isAbout(ben.id))).toEqual([]);
    await api.tellPresence({ userId: ben.id });
    await annDevice.until((events) => events.some(isAbout(ben.id)));
  });

  test('is not known of conversations from before it was stored: then only writing counts, of both', async () => {
    const { ann, ben, annDevice, benDevice } = await two();
    const id = await start(ann, { type: 'direct', memberIds: [ben.id] });
    const table = createTable(api.client, messagesTable.TableName);
    await table.update(keys.head(id), expression`REMOVE begunBy`);
    expect(await learned(ann, annDevice, ben, id)).toEqual(nothing);
    expect(await learned(ben, benDevice, ann, id)).toEqual(nothing);
    await say(annDevice, id);
    expect(await learned(ann, annDevice, ben, id)).toEqual(nothing);
    expect(await learned(ben, benDevice, ann, id)).toMatchObject({ receipt: true, presence: true });
  });
});

describe.each(['direct', 'group', 'large group'])('of two in a %s, one of whom has blocked the other', (kind) => {
  test.each(['known to have blocked', 'from before that was noted'])(
    '%s, neither learns anything of the other',
    async (row) => {
      const { ann, ben, annDevice, benDevice, settled } = await two();
      const others = kind === 'large group' ? await api.crowd(8) : [];
      const id = await start(
        ann,
        kind === 'direct'
          ? { type: 'direct', memberIds: [ben.id] }
          : { type: 'group', name: 'both', memberIds: [ben.id, ...others] },
      );
      await say(annDevice, id);
      await say(benDevice, id);
      const subscribe = (device: Device, other: Person) => device.ask({ action: 'presence', userIds: [other.id] });
      await Promise.all([subscribe(annDevice, ben), subscribe(benDevice, ann)]);
      await block(ben, ann);
      if (row === 'from before that was noted') {
        const connections = createTable(api.client, tables.connections);
        await connections.update({ userId: ben.id }, expression`REMOVE blocks`);
      }
      for (const device of [annDevice, benDevice]) await read(device, id, 2);
      for (const { id: userId } of [ann, ben]) await api.tellPresence({ userId });
      await settled();
      expect(await learned(ann, annDevice, ben, id)).toEqual(nothing);
      expect(await learned(ben, benDevice, ann, id)).toEqual(nothing);

      await ben.call('DELETE /users/me/blocks/{id}', { params: { id: ann.id } });
      expect(await learned(ann, annDevice, ben, id)).toMatchObject({ receipt: true, presence: true });
    },
  );
});
