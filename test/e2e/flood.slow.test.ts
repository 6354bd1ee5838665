import { v7 } from 'uuid';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Endpoints, endpointsOf, Member } from '#test/helpers/member.ts';
import { type Storm, startStorm } from '#test/helpers/storm.ts';

let storm: Storm;
let endpoints: Endpoints;
beforeAll(async () => {
  storm = await startStorm(inject('assembly'));
  endpoints = await endpointsOf(storm.url);
});
afterAll(() => storm?.[Symbol.asyncDispose]());

const register = (name: string) => Member.register(endpoints, name);

test('1 500 frames at once on one socket are all answered by their ids, and somebody else’s message meanwhile', async () => {
  const [ann, ben, cara] = [await register('ann'), await register('ben'), await register('cara')];
  const [flooded, { id: conversationId }] = [await ann.startDirect(cara), await ben.startDirect(cara)];
  const [flooding, talking] = [await ann.open(), await ben.open()];
  let answered = 0;
  const flood = Array.from({ length: 1_500 }, async () => {
    const id = v7();
    const frame = { action: 'receipt', id, conversationId: flooded.id, seq: 0, status: 'read' };
    const reply = await flooding.ask(frame);
    answered++;
    return { id, reply };
  });
  const hello = { action: 'message', conversationId, id: v7(), text: 'hello', after: 0 };
  expect(await talking.ask(hello)).toHaveProperty('ok');
  expect(answered).toBeLessThan(750);
  for (const { id, reply } of await Promise.all(flood)) expect(reply).toEqual({ re: id, ok: {} });
});
