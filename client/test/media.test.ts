import { limits } from 'storm-chat-protocol/limits';
import { beforeEach, expect, test } from 'vitest';
import { Auth, Chat, type OutboxStore } from '../index.ts';
import { memoryStore } from '../outbox.ts';
import { conversation, conversationId, me, session } from './helpers/data.ts';
import { FakePlatform, settle } from './helpers/platform.ts';

const mediaId = '01936a00-0000-7000-8000-0000000000f1';
const facts = { contentType: 'image/png', size: 4, width: 64, height: 48 } as const;
const attachment = { id: mediaId, ...facts };
const file = new Blob(['abcd'], { type: 'image/png' });
const target = { url: 'https://bucket/uploads/f1', headers: { 'content-type': 'image/png' } };

let platform: FakePlatform;
let store: OutboxStore;
let chat: Chat;
/** The response to `GET /media/{id}`. */
let view: object;

beforeEach(async () => {
  platform = new FakePlatform();
  store = memoryStore();
  view = { status: 'pending', ...attachment };
  platform.serve = ({ path }) => {
    if (path === '/sync') return { body: { conversations: [], added: [conversation()], removed: [], more: false } };
    if (path === '/media/upload')
      return { status: 201, body: { mediaId, upload: { method: 'PUT', ...target }, expiresIn: 300 } };
    return { body: path === `/media/${mediaId}` ? view : session('token') };
  };
  const auth = new Auth({ httpUrl: '', platform });
  await auth.login({ login: 'maya', password: 'secret' });
  chat = new Chat({ auth, wsUrl: 'wss://chat/ws', store });
  await chat.open();
  await settle();
  platform.socket.accept();
  await settle();
});

const calls = (path: string) => platform.calls.filter((call) => call.path === path);
const tell = (status: string, more: object = {}) =>
  platform.socket.receive({ events: [{ type: 'media', status, ...attachment, ...more }] });

test('A file is uploaded to the granted address, and becomes an attachment when the event comes', async () => {
  const progress: number[] = [];
  const put: unknown[] = [];
  platform.store = async (body, { url, headers, onProgress }) => {
    put.push({ body, url, headers });
    onProgress(0.5);
    return 200;
  };
  const upload = chat.media.upload(conversationId, file, { onProgress: (fraction) => progress.push(fraction) });
  await settle();
  tell('ready');
  expect(await upload).toEqual({ ok: attachment });
  expect(calls('/media/upload')[0]?.body).toEqual({ contentType: 'image/png', size: 4, conversationId });
  expect(put).toEqual([{ body: file, ...target }]);
  expect(progress).toEqual([0.5]);
  expect(calls(`/media/${mediaId}`)).toEqual([]);
});

test('An event that comes before the response to the upload is not lost', async () => {
  platform.store = async () => {
    tell('ready');
    return 200;
  };
  expect(await chat.media.uploadAvatar(file)).toEqual({ ok: attachment });
  expect(calls('/media/upload')[0]?.body).toMatchObject({ purpose: 'avatar' });
});

test('Without an event the client asks for the state of the file', async () => {
  const upload = chat.media.upload(conversationId, file);
  await platform.pass(4000);
  view = { ...view, status: 'ready', url: 'https://media/f1', expiresIn: 900 };
  await platform.pass(4000);
  expect(await upload).toEqual({ ok: attachment });
  expect(calls(`/media/${mediaId}`)).toHaveLength(2);
});

test('A file that the server refused after inspection fails as rejected', async () => {
  const upload = chat.media.upload(conversationId, file);
  await settle();
  tell('rejected', { reason: 'too_many_pixels' });
  expect(await upload).toMatchObject({ error: { code: 'rejected', reason: 'too_many_pixels', temporary: false } });
});

test.each(['Video/WebM;codecs=vp9,opus', 'video/webm; codecs="vp8"'])(
  'A recording of type %s is uploaded',
  async (type) => {
    const upload = chat.media.upload(conversationId, new Blob(['abcd'], { type }));
    await settle();
    tell('ready');
    expect(await upload).toHaveProperty('ok');
    expect(calls('/media/upload')[0]?.body).toMatchObject({ contentType: 'video/webm' });
  },
);

test('A voice message is uploaded with its waveform, which nothing else has', async () => {
  const kinds = ['audio/mp4', 'audio/x-m4a', 'image/png'];
  for (const type of kinds) void chat.media.upload(conversationId, new Blob(['abcd'], { type }), { waveform: 'AAD/' });
  await settle();
  expect(calls('/media/upload').map(({ body }) => body)).toEqual([
    { contentType: 'audio/mp4', size: 4, conversationId, waveform: 'AAD/' },
    { contentType: 'audio/mp4', size: 4, conversationId, waveform: 'AAD/' },
    { contentType: 'image/png', size: 4, conversationId },
  ]);
});

const still = new Blob(['still'], { type: 'image/jpeg' });
const beside = { url: 'https://bucket/thumbnails/f1', headers: { 'content-type': 'image/jpeg' } };
const film = new Blob(['film'], { type: 'video/mp4' });
/** The server grants a thumbnail, too. */
const grantBoth = () => {
  const { serve } = platform;
  const upload = { method: 'PUT', ...target };
  const body = { mediaId, upload, thumbnail: { method: 'PUT', ...beside }, expiresIn: 300 };
  platform.serve = (call) => (call.path === '/media/upload' ? { status: 201, body } : serve(call));
};

test('The thumbnail of a film is uploaded before the film, whose progress alone is told', async () => {
  grantBoth();
  const put: unknown[] = [];
  const progress: number[] = [];
  platform.store = async (body, { url, headers, onProgress }) => {
    put.push({ body, url, headers });
    onProgress(body === film ? 0.5 : 0.9);
    return 200;
  };
  const onProgress = (fraction: number) => progress.push(fraction);
  const upload = chat.media.upload(conversationId, film, { thumbnail: still, onProgress });
  await settle();
  expect(calls('/media/upload')[0]?.body).toEqual({
    ...{ contentType: 'video/mp4', size: 4, conversationId },
    thumbnail: { contentType: 'image/jpeg', size: 5 },
  });
  expect(put).toEqual([
    { body: still, ...beside },
    { body: film, ...target },
  ]);
  expect(progress).toEqual([0.5]);
  tell('ready', { thumbhash: 'AAAA' });
  expect(await upload).toMatchObject({ ok: { thumbhash: 'AAAA' } });
});

test('A film goes without its thumbnail if that is refused or breaks off', async () => {
  grantBoth();
  for (const fate of [() => Promise.reject(new Error('no network')), async () => 403]) {
    const put: unknown[] = [];
    platform.store = async (body) => {
      put.push(body);
      return body === still ? fate() : 200;
    };
    const upload = chat.media.upload(conversationId, film, { thumbnail: still });
    await settle();
    tell('ready');
    expect(await upload).toHaveProperty('ok');
    expect(put).toEqual([still, film]);
  }
});

test('A thumbnail that the server would refuse keeps no film back', async () => {
  const large = new Blob([new Uint8Array(limits.thumbnailBytes + 1)], { type: 'image/jpeg' });
  for (const thumbnail of [large, new Blob(['<svg/>'], { type: 'image/svg+xml' }), new Blob(['x'])]) {
    void chat.media.upload(conversationId, film, { thumbnail });
    await settle();
    expect(calls('/media/upload').at(-1)?.body).toEqual({ contentType: 'video/mp4', size: 4, conversationId });
  }
});

test('A server that grants no thumbnail gets none, and nothing else than a film has one', async () => {
  const put: unknown[] = [];
  platform.store = async (body) => {
    put.push(body);
    return 200;
  };
  for (const one of [film, file]) {
    const upload = chat.media.upload(conversationId, one, { thumbnail: still });
    await settle();
    tell('ready');
    expect(await upload).toHaveProperty('ok');
  }
  expect(put).toEqual([film, file]);
  expect(calls('/media/upload')[1]?.body).toEqual({ contentType: 'image/png', size: 4, conversationId });
});

test('An upload that is cancelled while its thumbnail is on its way ends', async () => {
  grantBoth();
  const abort = new AbortController();
  const put: unknown[] = [];
  platform.store = async (body) => {
    put.push(body);
    abort.abort();
    throw new Error('aborted');
  };
  const upload = chat.media.upload(conversationId, film, { thumbnail: still, signal: abort.signal });
  expect(await upload).toMatchObject({ error: { code: 'cancelled' } });
  expect(put).toEqual([still]);
});

test('A file of a wrong type or size is refused without a request', async () => {
  const large = new Blob([new Uint8Array(limits.mediaBytes.image + 1)], { type: 'image/png' });
  const wrong = [new Blob(['<svg/>'], { type: 'image/svg+xml' }), new Blob(['x']), large];
  const results = await Promise.all(wrong.map((one) => chat.media.upload(conversationId, one)));
  expect(results).toMatchObject([
    { error: { code: 'unsupported_type' } },
    { error: { code: 'unsupported_type' } },
    { error: { code: 'too_large' } },
  ]);
  expect(calls('/media/upload')).toEqual([]);
});

test('An upload that is cancelled ends at once', async () => {
  const abort = new AbortController();
  platform.store = (_, { signal }) =>
    new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))));
  const upload = chat.media.upload(conversationId, file, { signal: abort.signal });
  await settle();
  abort.abort();
  expect(await upload).toMatchObject({ error: { code: 'cancelled' } });
});

test('An upload that breaks off, or that S3 refuses, fails temporarily', async () => {
  platform.store = () => Promise.reject(new Error('no network'));
  expect(await chat.media.upload(conversationId, file)).toMatchObject({ error: { code: 'offline', temporary: true } });
  platform.store = async () => 403;
  expect(await chat.media.upload(conversationId, file)).toMatchObject({
    error: { code: 'unavailable', temporary: true },
  });
});

test('Addresses are cached, and fetched again shortly before they expire', async () => {
  view = { ...view, status: 'ready', url: 'https://media/f1', expiresIn: 900 };
  const both = await Promise.all([chat.media.get(mediaId), chat.media.get(mediaId)]);
  expect(both).toEqual([{ ok: view }, { ok: view }]);
  await platform.pass(839_000);
  await chat.media.get(mediaId);
  expect(calls(`/media/${mediaId}`)).toHaveLength(1);
  await platform.pass(2000);
  await chat.media.get(mediaId);
  expect(calls(`/media/${mediaId}`)).toHaveLength(2);
});

test('A message has its media in the outbox and after its acknowledgement', async () => {
  void chat.send(conversationId, '', { media: [attachment] });
  await settle();
  expect(await store.all()).toMatchObject([{ text: '', media: [attachment] }]);
  const [frame] = platform.socket.frames('message');
  expect(frame).toEqual({ action: 'message', id: frame?.id, conversationId, mediaIds: [mediaId], after: 0 });
  platform.socket.receive({ re: frame?.id, ok: { seq: 1, sentAt: '2026-11-22T09:00:01.000Z' } });
  await settle();
  expect(chat.conversations.get(conversationId)?.messages).toMatchObject([
    { seq: 1, senderId: me, text: '', media: [attachment] },
  ]);
});
