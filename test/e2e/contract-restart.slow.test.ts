import { v7 } from 'uuid';
import { expect, inject, onTestFinished, test } from 'vitest';
import type { ReplyFrame } from '#protocol/frames.ts';
import type { Device } from '#test/helpers/device.ts';
import { endpointsOf, Member, request } from '#test/helpers/member.ts';
import { startStorm } from '#test/helpers/storm.ts';

test('after kill -9 in the middle of sending, what was acked stands, and every id has one answer', async () => {
  const storm = await startStorm(inject('assembly'));
  onTestFinished(() => storm[Symbol.asyncDispose]());
  const endpoints = await endpointsOf(storm.url);
  const [ann, ben] = [await Member.register(endpoints, 'ann'), await Member.register(endpoints, 'ben')];
  const { id: conversationId } = await ann.startDirect(ben);
  const people = [ann, ben, ann, ben];

  const sent = new Map<string, { who: Member; answer?: ReplyFrame }>();
  const ask = (device: Device, id: string) =>
    device.ask({ action: 'message', id, conversationId, text: `text of ${id}`, after: 0 });
  let acks = 0;
  const enough = Promise.withResolvers<void>();
  const senders = people.map(async (who) => {
    const device = await who.open();
    const { closed } = device.socket;
    for (;;) {
      const id = v7();
      sent.set(id, { who });
      const answer = await Promise.race([ask(device, id), closed.then(() => undefined)]);
      if (!answer) return;
      sent.set(id, { who, answer });
      if (++acks === 40) enough.resolve();
    }
  });
  await enough.promise;
  await storm.kill();
  await Promise.all(senders);
  await storm.start();

  const again = await endpointsOf(storm.url);
  const devices = new Map([
    [ann, await ann.open({ endpoints: again })],
    [ben, await ben.open({ endpoints: again })],
  ]);
  for (const [id, { who, answer }] of sent) {
    const device = devices.get(who);
    if (!device) throw new Error('no device');
    const repeated = await ask(device, id);
    expect(repeated).toHaveProperty('ok');
    if (answer) expect(repeated).toEqual(answer);
  }
  const messages: { seq: number; clientId: string; text: string }[] = [];
  for (let hasMore = true; hasMore; ) {
    const after = messages.at(-1)?.seq ?? 0;
    const page = await ann.call(`GET /conversations/${conversationId}/messages?after=${after}&limit=100`);
    messages.push(...page.body.messages);
    hasMore = page.body.hasMore;
  }
  expect(messages.map(({ clientId }) => clientId).sort()).toEqual([...sent.keys()].sort());
  for (const { clientId, text } of messages) expect(text).toBe(`text of ${clientId}`);

  const { refreshToken } = ann.session;
  expect(await request(again.httpUrl, 'POST /auth/refresh', { body: { refreshToken } })).toMatchObject({ status: 200 });
});
