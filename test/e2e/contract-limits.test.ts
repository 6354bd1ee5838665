import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { v7 } from 'uuid';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { rates as usual } from '#lib/rates.ts';
import { Sent } from '#protocol/frames.ts';
import { type Endpoints, endpointsOf, Member } from '#test/helpers/member.ts';
import { type Storm, startStorm } from '#test/helpers/storm.ts';

const rates = {
  ...usual.dev,
  messages: { perSecond: 5, burst: 20 },
  conversations: { perSecond: 0.01, burst: 2 },
};

let assembly: string;
let storm: Storm;
let endpoints: Endpoints;
beforeAll(async () => {
  assembly = withRates(inject('assembly'));
  storm = await startStorm(assembly);
  endpoints = await endpointsOf(storm.url);
});
afterAll(async () => {
  await storm?.[Symbol.asyncDispose]();
  rmSync(assembly, { recursive: true, force: true });
});

/** A copy of the assembly whose rates are low enough to be met soon on any machine. */
function withRates(original: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'storm-rates-'));
  cpSync(original, copy, { recursive: true });
  const file = join(copy, 'storm-dev.template.json');
  const template = JSON.parse(readFileSync(file, 'utf8'));
  for (const { Properties } of Object.values<{
    Properties?: { Environment?: { Variables?: Record<string, unknown> } };
  }>(template.Resources)) {
    const variables = Properties?.Environment?.Variables;
    if (variables?.['RATES']) variables['RATES'] = JSON.stringify(rates);
  }
  writeFileSync(file, JSON.stringify(template));
  return copy;
}

const register = (name: string) => Member.register(endpoints, name);

test('one who floods a conversation is told when to go on, and nobody else is held up', async () => {
  const [ann, ben, cara] = await Promise.all([register('ann'), register('ben'), register('cara')]);
  const { id: conversationId } = await ann.startGroup([ben, cara]);
  const [flooding, talking, listening] = await Promise.all([ann.open(), ben.open(), cara.open()]);
  const message = (text: string, id = v7()) => ({ action: 'message', conversationId, id, text, after: 0 });

  const frames = Array.from({ length: 150 }, (_, i) => message(`flood ${i}`));
  const flood = Promise.all(frames.map(async (frame) => ({ frame, reply: await flooding.ask(frame) })));
  const talk = Array.from({ length: 10 }, (_, i) => `talk ${i}`);
  for (const text of talk) expect(await talking.ask(message(text))).toHaveProperty('ok');

  const answers = await flood;
  const refused = answers.filter(({ reply }) => reply.error);
  expect(refused.length).toBeGreaterThan(0);
  for (const { reply } of refused)
    expect(reply.error).toMatchObject({ code: 'rate_limited', temporary: true, retryAfterMs: expect.any(Number) });

  const [later] = refused;
  let reply = later?.reply;
  while (later && reply?.error) {
    expect(reply.error.code).toBe('rate_limited');
    await sleep(reply.error.retryAfterMs ?? 0);
    reply = await flooding.ask(later.frame);
  }
  expect(Sent.safeParse(reply?.ok).success).toBe(true);

  const accepted = answers.filter((one) => !one.reply.error || one === later).map(({ frame }) => frame.text);
  const expected = [...accepted, ...talk].sort();
  await listening.until(() => listening.messages.length >= expected.length);
  expect(listening.messages.toSorted()).toEqual(expected);
  const { lastSeq } = (await ben.call(`GET /conversations/${conversationId}`)).body;
  expect(lastSeq).toBe(expected.length);
});

test('over HTTP Retry-After says when', async () => {
  const [ann, ben] = await Promise.all([register('ann'), register('ben')]);
  for (let i = 0; i < 2; i++) await ann.startGroup([ben]);
  const answer = await ann.call('POST /conversations', { type: 'group', name: 'one more', memberIds: [ben.id] });
  expect(answer.status).toBe(429);
  expect(answer.body).toMatchObject({ code: 'rate_limited', retryAfterMs: expect.any(Number) });
  expect(Number(answer.headers.get('retry-after'))).toBe(Math.ceil(answer.body.retryAfterMs / 1_000));
});
