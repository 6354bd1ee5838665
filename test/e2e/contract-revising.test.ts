import { beforeAll, expect, inject, test } from 'vitest';
import type { ConversationEvent } from '#protocol/events.ts';
import { Sent } from '#protocol/frames.ts';
import type { Message } from '#protocol/messages.ts';
import type { Device } from '#test/helpers/device.ts';
import { type Endpoints, endpointsOf, Member } from '#test/helpers/member.ts';

let endpoints: Endpoints;
beforeAll(async () => {
  endpoints = await endpointsOf(inject('url'));
});

const say = async (device: Device, conversationId: string, text: string) =>
  Sent.parse((await device.ask({ action: 'message', conversationId, text })).ok).seq;

/** Of two states of a message the newer one, in whatever order they came; `mine` is told by who reacted. */
function applied(events: readonly object[]): Message[] {
  const messages = new Map<number, Message>();
  for (const event of events) {
    if (!('message' in event)) continue;
    const { message } = event as Extract<ConversationEvent, { type: 'message' }>;
    const known = messages.get(message.seq);
    if (!known || (known.updatedSeq ?? 0) <= (message.updatedSeq ?? 0)) messages.set(message.seq, message);
  }
  return [...messages.values()].sort((a, b) => a.seq - b.seq).map(withoutMine);
}

function withoutMine({ reactions, ...message }: Message): Message {
  return { ...message, ...(reactions && { reactions: reactions.map(({ mine: _, ...reaction }) => reaction) }) };
}

test.each([
  ['small', 0],
  ['large', 9],
])('in a %s group all who edit, react and delete at once end in one state: live, by sync, in history', async (_, n) => {
  const [ann, ben, cara] = await Promise.all(['ann', 'ben', 'cara'].map((name) => Member.register(endpoints, name)));
  if (!ann || !ben || !cara) throw new Error('nobody');
  const silent = await Promise.all(Array.from({ length: n }, () => Member.register(endpoints, 'silent')));
  const { id } = await ann.startGroup([ben, cara, ...silent]);
  const devices = await Promise.all([ann.open(), ben.open(), cara.open(), ann.open()]);
  const [annPhone, benPhone, caraPhone, annLaptop] = devices as [Device, Device, Device, Device];
  const watching = await cara.open();
  const [byAnn, byBen] = [await say(annPhone, id, 'from ann'), await say(benPhone, id, 'from ben')];
  const on = (seq: number) => ({ conversationId: id, seq });
  const replies = await Promise.all([
    annPhone.ask({ action: 'edit', ...on(byAnn), text: 'from my phone' }),
    annLaptop.ask({ action: 'edit', ...on(byAnn), text: 'from my laptop' }),
    ...devices.map((device) => device.ask({ action: 'react', ...on(byAnn), emoji: '👍' })),
    caraPhone.ask({ action: 'react', ...on(byBen), emoji: '🎉' }),
    benPhone.ask({ action: 'delete', ...on(byBen) }),
    say(caraPhone, id, 'meanwhile').then((seq) => ({ ok: { seq } })),
  ]);
  // What came too late for a deleted message is refused, and nothing else.
  for (const { error } of replies.map((reply) => ({ error: undefined, ...reply })))
    if (error) expect(error).toMatchObject({ code: 'conflict' });
  await caraPhone.ask({ action: 'react', ...on(byAnn), emoji: '👍', remove: true });

  const { body } = await cara.call(`GET /conversations/${id}/messages`);
  const fresh: Message[] = body.messages;
  expect(fresh).toMatchObject([
    { text: expect.stringMatching(/^from my/), reactions: [{ emoji: '👍', count: 2 }] },
    { text: '', deletedAt: expect.any(String) },
    { text: 'meanwhile' },
  ]);
  const synced = (await cara.call('POST /sync', { cursors: { [id]: 0 } })).body.conversations[0];
  expect(applied(synced.events)).toEqual(fresh.map(withoutMine));
  await watching.until((events) => events.some((event) => 'seq' in event && event.seq === synced.lastSeq));
  await watching.until((events) => events.length >= synced.lastSeq);
  expect(applied(watching.events)).toEqual(fresh.map(withoutMine));
  const { body: versions } = await ann.call(`GET /conversations/${id}/messages/${byAnn}/versions`);
  expect(versions.versions).toHaveLength(2);
});
