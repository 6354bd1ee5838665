import { expect, test } from 'vitest';
import { Parser } from '#checker/parse.ts';
import type { Platform, Socket } from '#client/index.ts';
import { nodePlatform } from '#client/node-platform.ts';
import { Recorder } from '#workload/recorder.ts';
import { bodyOf } from '#workload/wire.ts';

class FakeSocket implements Socket {
  readonly #listeners: [string, (event: { data: unknown }) => void][] = [];
  send(): void {}
  close(): void {
    this.emit('close');
  }
  addEventListener(type: string, listener: (event: { data: unknown }) => void): void {
    this.#listeners.push([type, listener]);
  }
  emit(type: string, frame?: unknown): void {
    for (const [of, listener] of this.#listeners) if (of === type) listener({ data: JSON.stringify(frame) });
  }
}

/** A recorded device of Ann, and what was written: each line as the checker's parser takes it. */
async function recorded(answer: () => Response) {
  const parser = new Parser();
  const events: unknown[][] = [];
  let time = 0;
  const recorder = new Recorder({
    name: 'here',
    now: () => time++,
    write: (line) => {
      const event = parser.parse(line);
      if (event) events.push([event.type, event.f, event.conversation, event.value]);
    },
  });
  const sockets: FakeSocket[] = [];
  const session = { user: { id: 'ann' }, accessToken: 'secret' };
  const base: Platform = {
    ...nodePlatform,
    openSocket: () => sockets[sockets.push(new FakeSocket()) - 1] ?? expect.fail(),
    fetch: async (input) => (String(input).endsWith('/auth/login') ? Response.json(session) : answer()),
  };
  const device = recorder.device('ann/1', base);
  await device.platform.fetch('http://server/api/auth/login', { method: 'POST', body: '{}' });
  return { device, events, socket: (index: number) => sockets[index] ?? expect.fail() };
}

const frame = { action: 'message', id: 'm1', conversationId: 'room', text: 'Hi' };
const value = { id: 'm1', body: bodyOf('Hi') };

test('A frame is an operation for each time that it is sent, and stays open where no reply came', async () => {
  const { device, socket, events } = await recorded(() => Response.json({}));
  expect(device.user).toBe('ann');
  const sending = device.platform.openSocket('ws://server', []);
  socket(0).emit('open');
  sending.send(JSON.stringify(frame));
  sending.send('{"action":"ping"}');
  socket(0).emit('close');
  const again = device.platform.openSocket('ws://server', []);
  again.send(JSON.stringify(frame));
  socket(1).emit('message', { re: 'm1', ok: { seq: 7, sentAt: '' } });
  expect(events).toEqual([
    ['invoke', 'connect', undefined, {}],
    ['ok', 'connect', undefined, {}],
    ['invoke', 'send', 'room', value],
    ['ok', 'disconnect', undefined, {}],
    ['invoke', 'connect', undefined, {}],
    ['invoke', 'send', 'room', value],
    ['ok', 'send', 'room', { seq: 7 }],
  ]);
});

test('Of two frames with one id that are under way on one socket, a reply is the first one’s, unless they differ', async () => {
  const { device, socket, events } = await recorded(() => Response.json({}));
  const sending = device.platform.openSocket('ws://server', []);
  const ends = () => events.filter(([type, f]) => f === 'send' && type !== 'invoke').length;
  for (const [text, error] of [['Hi'], ['Hi', { code: 'forbidden' }], ['Ho']] as const) {
    sending.send(JSON.stringify(frame));
    sending.send(JSON.stringify({ ...frame, text }));
    for (let reply = 0; reply < 2; reply++)
      socket(0).emit('message', { re: 'm1', ...(error ? { error } : { ok: { seq: 7 } }) });
  }
  expect(ends()).toBe(2);
});

test('A frame that is sent while replies to others with its id are open isn’t ended by one of theirs', async () => {
  const { device, socket, events } = await recorded(() => Response.json({}));
  const sending = device.platform.openSocket('ws://server', []);
  const reply = () => socket(0).emit('message', { re: 'm1', ok: { seq: 7 } });
  const ends = () => events.filter(([type, f]) => f === 'send' && type !== 'invoke').length;
  sending.send(JSON.stringify(frame));
  sending.send(JSON.stringify({ ...frame, text: 'Ho' }));
  reply();
  sending.send(JSON.stringify({ ...frame, text: 'Ho' }));
  for (let left = 0; left < 2; left++) reply();
  expect(ends()).toBe(0);
  // All have their replies, so the next one is certain again.
  sending.send(JSON.stringify(frame));
  reply();
  expect(ends()).toBe(1);
});

test.each([
  ['forbidden', 'fail'],
  ['unavailable', 'info'],
  ['internal', 'info'],
])('The error %s is the end %s', async (code, type) => {
  const { device, socket, events } = await recorded(() => Response.json({}));
  device.platform.openSocket('ws://server', []).send(JSON.stringify(frame));
  socket(0).emit('message', { re: 'm1', error: { code } });
  expect(events.at(-1)).toEqual([type, 'send', 'room', { code }]);
});

test.each<[string, () => Response, unknown[]]>([
  ['403', () => Response.json({ code: 'forbidden' }, { status: 403 }), ['fail', { code: 'forbidden' }]],
  ['500', () => Response.json({ code: 'internal' }, { status: 500 }), ['info', { code: 'internal' }]],
  ['503 of the gate', () => Response.json({ code: 'maintenance' }, { status: 503 }), ['fail', { code: 'maintenance' }]],
  ['503 of a gateway', () => new Response('', { status: 503 }), ['info', { code: '503' }]],
])('An answer %s says whether it may have happened', async (_, answer, [type, value]) => {
  const { device, events } = await recorded(answer);
  const url = 'http://server/api/conversations/room/members/ben';
  const response = await device.platform.fetch(url, { method: 'DELETE' });
  expect(response.status).toBe(answer().status);
  expect(events).toEqual([
    ['invoke', 'remove', 'room', { user: 'ben' }],
    [type, 'remove', 'room', value],
  ]);
});

test('A call that gets no answer may have happened', async () => {
  const { device, events } = await recorded(() => {
    throw new TypeError('lost');
  });
  await expect(
    device.platform.fetch('http://server/sync', { method: 'POST', body: '{"cursors":{}}' }),
  ).rejects.toThrow();
  expect(events.at(-1)).toEqual(['info', 'sync', undefined, { code: 'offline' }]);
});

test('A page of history is read by the one who asked, and recorded without its texts', async () => {
  const message = {
    seq: 3,
    n: 2,
    senderId: 'ben',
    clientId: 'm9',
    text: 'Hi',
    media: [],
    replyTo: null,
    updatedSeq: 4,
    reactions: [{ emoji: '👍', count: 2, userIds: ['ann', 'ben'], mine: true }],
  };
  const { device, events } = await recorded(() => Response.json({ messages: [message], hasMore: true }));
  const answer = await device.platform.fetch('http://server/api/conversations/room/messages?before=9');
  expect((await answer.json()).messages[0].text).toBe('Hi');
  const known = { seq: 3, n: 2, id: 'm9', from: 'ben', body: bodyOf('Hi'), updated: 4, reactions: '👍2' };
  expect(events).toEqual([
    ['invoke', 'history', 'room', { before: 9 }],
    ['ok', 'history', 'room', { messages: [known], more: true }],
  ]);
});
