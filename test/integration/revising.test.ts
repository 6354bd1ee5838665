import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expression } from '#adapters/dynamo/expression.ts';
import { keys, uuidBytes } from '#adapters/dynamo/messages/keys.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import type { Conversation } from '#protocol/conversations.ts';
import type { Event } from '#protocol/events.ts';
import { Revised, Sent } from '#protocol/frames.ts';
import { type Message, Versions } from '#protocol/messages.ts';
import { type Api, type Person, startApi } from '#test/helpers/api.ts';
import { messagesTable } from '#test/helpers/chat.ts';
import type { Device } from '#test/helpers/device.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

/** A group of its owner Ann, Ben and Cara, each with a device. */
async function talkers(silent = 0) {
  const people = await Promise.all(['ann', 'ben', 'cara'].map((name) => api.register(name)));
  const others = await Promise.all(Array.from({ length: silent }, () => api.register('silent')));
  const [ann, ben, cara] = people;
  if (!ann || !ben || !cara) throw new Error('nobody');
  const memberIds = [ben, cara, ...others].map(({ id }) => id);
  const { body } = await ann.call('POST /conversations', { body: { type: 'group', name: 'group', memberIds } });
  const id: string = body.id;
  const [annDevice, benDevice, caraDevice] = [await ann.open(), await ben.open(), await cara.open()];
  return { id, ann, ben, cara, annDevice, benDevice, caraDevice, others };
}

const say = async (device: Device, conversationId: string, text: string) =>
  Sent.parse((await device.ask({ action: 'message', conversationId, text })).ok).seq;
const seqOf = (reply: { ok?: unknown }) => Revised.parse(reply.ok).seq;
const revisions = ['edited', 'deleted', 'reacted'];
const revisionsOf = (device: Device) => device.events.filter(({ type }: Event) => revisions.includes(type));
const params = (id: string) => ({ params: { id } });
const messagesOf = async (person: Person, id: string): Promise<Message[]> =>
  (await person.call('GET /conversations/{id}/messages', params(id))).body.messages;
const viewOf = async (person: Person, id: string): Promise<Conversation> =>
  (await person.call('GET /conversations/{id}', params(id))).body;
const eventsOf = async (person: Person, id: string, cursor: number): Promise<Event[]> =>
  (await person.call('POST /sync', { body: { cursors: { [id]: cursor } } })).body.conversations[0].events;

describe.each([
  ['small', 0],
  ['large', 9],
])('in a %s group', (_size, silent) => {
  test('edits, reactions and deletions are told to all devices and are the same live, in history and by sync', async () => {
    const { id, ann, ben, annDevice, benDevice, caraDevice } = await talkers(silent);
    const target = await say(benDevice, id, 'frist');
    await say(annDevice, id, 'what?');
    const before = (await viewOf(ann, id)).lastSeq;
    const on = { conversationId: id, seq: target };
    expect(seqOf(await benDevice.ask({ action: 'edit', ...on, text: 'first' }))).toBe(before + 1);
    expect(seqOf(await annDevice.ask({ action: 'react', ...on, emoji: '👍' }))).toBe(before + 2);
    expect(seqOf(await annDevice.ask({ action: 'react', ...on, emoji: '👍', remove: true }))).toBe(before + 3);
    expect(seqOf(await annDevice.ask({ action: 'react', ...on, emoji: '🎉' }))).toBe(before + 4);
    for (const device of [annDevice, benDevice, caraDevice]) {
      await device.until(() => revisionsOf(device).length === 4);
      expect(revisionsOf(device)).toMatchObject([
        { type: 'edited', seq: before + 1, target, by: ben.id, message: { text: 'first' } },
        { type: 'reacted', seq: before + 2, target, by: ann.id, emoji: '👍', message: { reactions: [{ count: 1 }] } },
        { type: 'reacted', seq: before + 3, target, by: ann.id, emoji: '👍', removed: true },
        { type: 'reacted', seq: before + 4, target, message: { text: 'first', updatedSeq: before + 4 } },
      ]);
    }
    const reaction = { emoji: '🎉', count: 1, userIds: [ann.id] };
    const [forBen] = await messagesOf(ben, id);
    expect(forBen).toMatchObject({ text: 'first', editedAt: expect.any(String), reactions: [reaction] });
    expect((await messagesOf(ann, id))[0]).toEqual({ ...forBen, reactions: [{ ...reaction, mine: true }] });
    const synced = await eventsOf(ben, id, before);
    expect(synced.map((event) => ({ ...event, message: undefined }))).toEqual(
      revisionsOf(caraDevice).map((event) => ({ ...event, message: undefined })),
    );
    for (const event of synced) expect(event).toHaveProperty('message', forBen);

    expect(seqOf(await annDevice.ask({ action: 'delete', ...on }))).toBe(before + 5);
    await caraDevice.until(() => revisionsOf(caraDevice).length === 5);
    const [tombstone] = await messagesOf(ben, id);
    expect(tombstone).toMatchObject({ text: '', deletedAt: expect.any(String), updatedSeq: before + 5 });
    expect(Object.keys(tombstone ?? {})).not.toContain('reactions');
    expect(revisionsOf(caraDevice).at(-1)).toEqual({
      type: 'deleted',
      conversationId: id,
      seq: before + 5,
      target,
      by: ann.id,
      message: tombstone,
    });
  });

  test('who joined after a message learns that something changed, and nothing else; they cannot change it', async () => {
    const { id, ann, ben, annDevice, benDevice } = await talkers(silent);
    const late = await api.register('late');
    const lateDevice = await late.open();
    const target = await say(benDevice, id, 'between us');
    await ann.call('POST /conversations/{id}/members', { ...params(id), body: { userIds: [late.id] } });
    const on = { conversationId: id, seq: target };
    const seq = seqOf(await benDevice.ask({ action: 'edit', ...on, text: 'still between us' }));
    await lateDevice.until((events) => events.length === 2);
    const told = { type: 'edited', conversationId: id, seq, target, by: ben.id };
    expect(lateDevice.events[1]).toEqual(told);
    expect(await eventsOf(late, id, seq - 1)).toEqual([told]);
    expect(await messagesOf(late, id)).toEqual([]);
    const react = { action: 'react', ...on, emoji: '👍' };
    expect(await lateDevice.ask(react)).toMatchObject({ error: { code: 'not_found' } });
    const versions = { params: { id, seq: String(target) } };
    const route = 'GET /conversations/{id}/messages/{seq}/versions';
    expect(await late.call(route, versions)).toMatchObject({ status: 404 });

    const open = { ...params(id), body: { history: 'all' } };
    expect(await ben.call('PATCH /conversations/{id}', open)).toMatchObject({ status: 403 });
    expect((await ann.call('PATCH /conversations/{id}', open)).body).toMatchObject({ history: 'all', name: 'group' });
    await lateDevice.until((events) => events.some(({ type }) => type === 'conversation'));
    expect(lateDevice.events.at(-1)).toEqual({
      type: 'conversation',
      conversationId: id,
      seq: seq + 1,
      by: ann.id,
      history: 'all',
    });
    expect(await messagesOf(late, id)).toMatchObject([{ text: 'still between us' }]);
    expect(await viewOf(late, id)).toMatchObject({ unread: 0, lastMessage: { text: 'still between us' } });
    expect(await lateDevice.ask(react)).toHaveProperty('ok');
    for (const device of [annDevice, lateDevice]) {
      await device.until(() => revisionsOf(device).length === 2);
      expect(revisionsOf(device)[1]).toMatchObject({ by: late.id, message: { text: 'still between us' } });
    }

    const close = { ...params(id), body: { history: 'joined' } };
    expect((await ann.call('PATCH /conversations/{id}', close)).body).toMatchObject({ history: 'joined' });
    expect(await messagesOf(late, id)).toEqual([]);
    expect(await viewOf(late, id)).toMatchObject({ unread: 0, lastMessage: null });
  });

  test('a message that is sent again is not pushed to those who joined in between', async () => {
    const { id, ann, annDevice, benDevice } = await talkers(silent);
    const late = await api.register('late');
    const lateDevice = await late.open();
    const frame = { action: 'message', id: v7(), conversationId: id, text: 'before' };
    const first = await annDevice.ask(frame);
    await ann.call('POST /conversations/{id}/members', { ...params(id), body: { userIds: [late.id] } });
    expect(await annDevice.ask(frame)).toEqual(first);
    await benDevice.until(() => benDevice.messages.length === 2);
    await say(annDevice, id, 'after');
    await lateDevice.until(() => lateDevice.messages.length > 0);
    expect(lateDevice.messages).toEqual(['after']);
  });
});

test('a draft that is sent again after its message was edited or deleted gets the first answer, another one a conflict', async () => {
  const { id, annDevice } = await talkers();
  const frame = { action: 'message', id: v7(), conversationId: id, text: 'first' };
  const first = await annDevice.ask(frame);
  const on = { conversationId: id, seq: Sent.parse(first.ok).seq };
  await annDevice.ask({ action: 'edit', ...on, text: 'second' });
  expect(await annDevice.ask(frame)).toEqual(first);
  expect(await annDevice.ask({ ...frame, text: 'second' })).toMatchObject({ error: { code: 'conflict' } });
  await annDevice.ask({ action: 'delete', ...on });
  expect(await annDevice.ask(frame)).toEqual(first);
});

test('earlier texts are kept for the author and those who run the group, until the message is deleted', async () => {
  const { id, ann, ben, cara, annDevice, benDevice } = await talkers();
  const seq = await say(benDevice, id, 'one');
  for (const text of ['two', 'three', 'one'])
    expect(await benDevice.ask({ action: 'edit', conversationId: id, seq, text })).toHaveProperty('ok');
  const versions = (person: Person, of = seq) =>
    person.call('GET /conversations/{id}/messages/{seq}/versions', { params: { id, seq: String(of) } });
  for (const person of [ben, ann]) {
    const answer = await versions(person);
    expect(Versions.parse(answer.body).versions.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
  }
  expect(await versions(cara)).toMatchObject({ status: 403 });
  expect(await versions(ben, 99)).toMatchObject({ status: 404 });
  await annDevice.ask({ action: 'delete', conversationId: id, seq });
  expect((await versions(ben)).body).toEqual({ versions: [] });
});

test('a revision of what is no message, or in what is no conversation of mine, is refused', async () => {
  const { id, ann, annDevice } = await talkers();
  const late = await api.register();
  const stranger = await (await api.register()).open();
  await ann.call('POST /conversations/{id}/members', { ...params(id), body: { userIds: [late.id] } });
  for (const frame of [{ action: 'edit', text: 'x' }, { action: 'delete' }, { action: 'react', emoji: '👍' }]) {
    const refused = async (device: Device, conversationId: string, seq: number) =>
      (await device.ask({ ...frame, conversationId, seq })).error?.code;
    expect(await refused(annDevice, id, 1)).toBe('not_found');
    expect(await refused(annDevice, id, 99)).toBe('not_found');
    expect(await refused(annDevice, v7(), 1)).toBe('not_found');
    expect(await refused(stranger, id, 1)).toBe('forbidden');
    expect(await refused(annDevice, id, 0)).toBe('bad_request');
  }
});

test('a reaction is mine also where I am not among those who are listed', async () => {
  const { id, ann, annDevice, others } = await talkers(9);
  const seq = await say(annDevice, id, 'vote');
  const react = { action: 'react', conversationId: id, seq, emoji: '👍' };
  for (const person of others) await (await person.open()).ask(react);
  const last = others.at(-1);
  if (!last) throw new Error('nobody');
  const [forAnn] = await messagesOf(ann, id);
  const [reaction] = forAnn?.reactions ?? [];
  expect(reaction).toMatchObject({ count: 9 });
  expect(reaction?.userIds).not.toContain(last.id);
  expect((await messagesOf(last, id))[0]?.reactions).toEqual([{ ...reaction, mine: true }]);
  expect((await viewOf(last, id)).lastMessage?.reactions).toEqual([{ ...reaction, mine: true }]);
  for (const event of await eventsOf(last, id, seq))
    expect(event).toMatchObject({ type: 'reacted', message: { reactions: [{ count: 9, mine: true }] } });
});

test('all spellings of an emoji are one reaction, and a character that is no emoji is none', async () => {
  const { id, ann, ben, annDevice, benDevice } = await talkers();
  const seq = await say(annDevice, id, 'vote');
  const react = { action: 'react', conversationId: id, seq };
  const first = seqOf(await annDevice.ask({ ...react, emoji: '❤' }));
  expect(seqOf(await annDevice.ask({ ...react, emoji: '❤\uFE0F' }))).toBe(first);
  await benDevice.ask({ ...react, emoji: '❤\uFE0F' });
  const reaction = { emoji: '❤\uFE0F', count: 2, userIds: [ann.id, ben.id], mine: true };
  expect((await messagesOf(ann, id))[0]?.reactions).toEqual([reaction]);
  await annDevice.until(() => revisionsOf(annDevice).length === 2);
  expect(revisionsOf(annDevice)).toMatchObject([{ emoji: '❤\uFE0F' }, { emoji: '❤\uFE0F' }]);
  expect(await annDevice.ask({ ...react, emoji: '♔' })).toMatchObject({ error: { code: 'bad_request' } });
  await benDevice.ask({ ...react, emoji: '❤', remove: true });
  expect((await messagesOf(ann, id))[0]?.reactions).toEqual([{ ...reaction, count: 1, userIds: [ann.id] }]);
});

test('spellings that were stored apart before are read, counted and removed as one', async () => {
  const { id, ann, ben, annDevice } = await talkers();
  const seq = await say(annDevice, id, 'vote');
  const table = createTable(api.client, messagesTable.TableName);
  const of = (emoji: string, ...people: Person[]) => ({
    emoji,
    count: people.length,
    userIds: people.map((person) => uuidBytes(person.id)),
  });
  const stored = [of('❤', ann, ben), of('♔', ben), of('❤\uFE0F', ann)];
  await table.update(keys.change(id, seq), expression`SET reactions = ${stored}`);
  await table.put({ ...keys.reaction(id, seq, ann.id), target: seq, emojis: ['❤', '❤\uFE0F'] });
  const pawn = { emoji: '♔', count: 1, userIds: [ben.id] };
  expect((await messagesOf(ann, id))[0]?.reactions).toEqual([
    { emoji: '❤\uFE0F', count: 2, userIds: [ann.id, ben.id], mine: true },
    pawn,
  ]);
  seqOf(await annDevice.ask({ action: 'react', conversationId: id, seq, emoji: '❤', remove: true }));
  expect((await messagesOf(ann, id))[0]?.reactions).toEqual([{ emoji: '❤\uFE0F', count: 1, userIds: [ben.id] }, pawn]);
});

test('an empty text beside media is as none, and a text that shows nothing is refused', async () => {
  const { id, annDevice } = await talkers();
  for (const text of ['\u200b', '\0', '\u202e', ' '])
    expect(await annDevice.ask({ action: 'message', conversationId: id, text })).toMatchObject({
      error: { code: 'bad_request' },
    });
  expect(await annDevice.ask({ action: 'message', conversationId: id, text: '', mediaIds: [v7()] })).toMatchObject({
    error: { code: 'not_found' },
  });
});

test('a deleted message stays in the history, the last one of its conversation, and unread', async () => {
  const { id, cara, ben, annDevice } = await talkers();
  for (const text of ['one', 'two']) await say(annDevice, id, text);
  await annDevice.ask({ action: 'delete', conversationId: id, seq: 2 });
  expect(await viewOf(ben, id)).toMatchObject({ unread: 2, lastMessage: { seq: 2, text: '' } });
  expect(await messagesOf(cara, id)).toHaveLength(2);
});

test('whoever left and came back starts afresh, without what they do not see any more', async () => {
  const { id, ann, ben, annDevice } = await talkers();
  const seq = await say(annDevice, id, 'old');
  const member = { params: { id, userId: ben.id } };
  await ben.call('DELETE /conversations/{id}/members/{userId}', member);
  await annDevice.ask({ action: 'edit', conversationId: id, seq, text: 'secret' });
  await ann.call('POST /conversations/{id}/members', { ...params(id), body: { userIds: [ben.id] } });
  await ben.call('POST /invitations/{id}', params(id));
  await say(annDevice, id, 'new');
  const [synced] = (await ben.call('POST /sync', { body: { cursors: { [id]: seq } } })).body.conversations;
  expect(synced).toMatchObject({ resync: true, unread: 1, events: [{ type: 'message', message: { text: 'new' } }] });
});
