import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterEach, expect, test, vi } from 'vitest';
import { createPoster, type PosterOptions } from '#adapters/sockets/poster.ts';

const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'session' };
const useCredentials = ({ accessKeyId, secretAccessKey, sessionToken }: typeof credentials) =>
  vi
    .stubEnv('AWS_ACCESS_KEY_ID', accessKeyId)
    .stubEnv('AWS_SECRET_ACCESS_KEY', secretAccessKey)
    .stubEnv('AWS_SESSION_TOKEN', sessionToken);
const frame = '{"events":[{"type":"bye","reason":"ß","reconnect":false}]}';
const inAMinute = () => Date.now() + 60_000;

interface Post {
  readonly id: string;
  readonly body: string;
  readonly request: IncomingMessage;
}

type Answer = (response: ServerResponse, post: Post, earlier: number) => void;

const status =
  (code: number, headers = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(code, headers).end();

let stop = async () => {};
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await stop();
});

/** A management API that answers as given, and a poster to it. `earlier` is the number of previous posts to the same id. */
async function start(answer: Answer, options: Partial<PosterOptions> = {}) {
  useCredentials(credentials);
  const posts: Post[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const id = decodeURIComponent(request.url?.replace('/ws/@connections/', '') ?? '');
    const earlier = posts.filter((post) => post.id === id).length;
    const post = { id, body, request };
    posts.push(post);
    answer(response, post, earlier);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const poster = createPoster({
    endpoint: `http://127.0.0.1:${port}/ws`,
    region: 'eu-west-1',
    ...options,
  });
  stop = async () => {
    poster.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { poster, posts, ids: () => posts.map(({ id }) => id) };
}

test('each of 1 000 connections gets the frame once', async () => {
  const ids = Array.from({ length: 1_000 }, (_, i) => `connection-${i}=`);
  const { poster, posts } = await start(status(200));
  expect(await poster.post(ids, frame, inAMinute())).toEqual({
    delivered: 1_000,
    gone: [],
    failed: [],
    requests: 1_000,
  });
  expect(posts.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  expect(new Set(posts.map(({ body }) => body))).toEqual(new Set([frame]));
});

test('the request that arrives is the one that was signed', async () => {
  const { poster, posts } = await start(status(200));
  await poster.post(['L0SM9+/(a)='], frame, inAMinute());
  const { headers = {}, url = '' }: Partial<IncomingMessage> = posts[0]?.request ?? {};
  const { host = '', 'content-type': type = '', 'x-amz-date': time } = headers;
  const signer = new SignatureV4({
    credentials,
    region: 'eu-west-1',
    service: 'execute-api',
    sha256: Sha256,
    applyChecksum: false,
  });
  const again = await signer.sign(
    {
      method: 'POST',
      protocol: 'http:',
      hostname: '127.0.0.1',
      path: url,
      headers: { host, 'content-type': type },
      body: frame,
    },
    { signingDate: new Date(String(time).replace(/(....)(..)(..T..)(..)(..Z)/, '$1-$2-$3:$4:$5')) },
  );
  expect(headers.authorization).toBe(again.headers['authorization']);
  expect(headers['x-amz-security-token']).toBe('session');
});

test('connections that no longer exist are told from those that got the frame', async () => {
  const { poster } = await start((response, { id }) => status(id.startsWith('gone') ? 410 : 200)(response));
  expect(await poster.post(['gone-1', 'a', 'gone-2'], frame, inAMinute())).toEqual({
    delivered: 1,
    gone: ['gone-1', 'gone-2'],
    failed: [],
    requests: 3,
  });
});

test.each([400, 403, 404, 413])('a refusal for good (%i) fails at the first try', async (code) => {
  const { poster, ids } = await start(status(code, { 'x-amzn-errortype': 'SomeException' }));
  const outcome = await poster.post(['a'], frame, inAMinute());
  expect(outcome).toEqual({ delivered: 0, gone: [], failed: ['a'], requests: 1, reason: `${code} SomeException` });
  expect(ids()).toEqual(['a']);
});

test.each([429, 500, 503])('what passes (%i) is tried again until it is delivered', async (code) => {
  const { poster, ids } = await start((response, _, earlier) => status(earlier < 2 ? code : 200)(response));
  expect(await poster.post(['a'], frame, inAMinute())).toEqual({ delivered: 1, gone: [], failed: [], requests: 3 });
  expect(ids()).toEqual(['a', 'a', 'a']);
});

test('what does not pass has failed after four tries', async () => {
  const { poster, ids } = await start(status(429));
  expect(await poster.post(['a'], frame, inAMinute())).toEqual({
    delivered: 0,
    gone: [],
    failed: ['a'],
    requests: 4,
    reason: '429',
  });
  expect(ids()).toHaveLength(4);
});

test('a connection that is cut before the answer is tried again', async () => {
  const { poster } = await start((response, _, earlier) => (earlier ? status(200)(response) : response.destroy()));
  expect(await poster.post(['a', 'b'], frame, inAMinute())).toEqual({
    delivered: 2,
    gone: [],
    failed: [],
    requests: 4,
  });
});

test('a kept-alive connection that the other side had closed is replaced without a pause', async () => {
  const random = vi.spyOn(Math, 'random');
  const { poster, ids } = await start((response, { id }, earlier) =>
    id === 'b' && !earlier ? response.destroy() : status(200)(response),
  );
  await poster.post(['a'], frame, inAMinute());
  expect(await poster.post(['b'], frame, inAMinute())).toEqual({ delivered: 1, gone: [], failed: [], requests: 2 });
  expect(ids()).toEqual(['a', 'b', 'b']);
  expect(random).not.toHaveBeenCalled();
});

test('no answer by the deadline is a failure, and so are those whose turn never came', async () => {
  const { poster, ids } = await start(() => {}, { concurrency: 1 });
  const outcome = await poster.post(['a', 'b'], frame, Date.now() + 300);
  expect(outcome).toEqual({ delivered: 0, gone: [], failed: ['a', 'b'], requests: 1, reason: 'past the deadline' });
  expect(ids()).toEqual(['a']);
});

test('an answer whose body is cut off counts by its status', async () => {
  const { poster, ids } = await start((response) => {
    response.writeHead(200, { 'content-length': 100 }).write('{', () => response.destroy());
  });
  expect(await poster.post(['a'], frame, inAMinute())).toEqual({ delivered: 1, gone: [], failed: [], requests: 1 });
  expect(ids()).toEqual(['a']);
});

test('nobody listening is a failure, not an exception', async () => {
  const { poster } = await start(status(200));
  await stop();
  const outcome = await poster.post(['a'], frame, Date.now() + 1_000);
  expect(outcome).toMatchObject({ delivered: 0, gone: [], failed: ['a'] });
  expect(outcome.reason).toContain('ECONNREFUSED');
});

test('no more posts are under way than are allowed', async () => {
  let underWay = 0;
  let most = 0;
  const { poster } = await start(
    (response) => {
      most = Math.max(most, ++underWay);
      setTimeout(() => {
        underWay--;
        response.end();
      }, 2);
    },
    { concurrency: 5 },
  );
  const ids = Array.from({ length: 50 }, (_, i) => `${i}`);
  await poster.post(ids, frame, inAMinute());
  expect(most).toBe(5);
});

test('credentials rotated in the environment sign the next post', async () => {
  const { poster, posts } = await start(status(200));
  for (const accessKeyId of ['AKIDOLD', 'AKIDNEW']) {
    useCredentials({ ...credentials, accessKeyId });
    await poster.post(['a'], frame, inAMinute());
  }
  const keys = posts.map(({ request }) => request.headers.authorization?.match(/Credential=(\w+)/)?.[1]);
  expect(keys).toEqual(['AKIDOLD', 'AKIDNEW']);
});
