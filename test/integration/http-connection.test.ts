import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { setDefaultCACertificates } from 'node:tls';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { HttpConnection } from '#adapters/aws/http-connection.ts';
import { selfSigned } from '#test/helpers/certificate.ts';

const body = Buffer.from('body');
const headers = 'host: test\r\ncontent-length: 4\r\n';
const request = { method: 'POST', path: '/path', headers, body };

let stop = () => {};
afterEach(() => stop());

async function listen(server: Server, base = 'http://127.0.0.1'): Promise<HttpConnection> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const connection = new HttpConnection(new URL(`${base}:${(server.address() as AddressInfo).port}`));
  stop = () => {
    connection.close();
    server.close();
  };
  return connection;
}

/** A connection to a server that answers each request with the next of these texts. */
function connect(answers: readonly ((socket: Socket) => void)[]) {
  let requests = 0;
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => answers[requests++]?.(socket));
  });
  return listen(server);
}

const write = (bytes: string) => (socket: Socket) => void socket.write(bytes);
const post = (connection: HttpConnection) => connection.request(request, 10_000);
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';

test('the bodies of answers are skipped, whatever ends them', async () => {
  const connection = await connect([
    write('HTTP/1.1 410 Gone\r\nx-amzn-errortype: GoneException\r\nContent-Length: 5\r\n\r\nab\r\nc'),
    write('HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n'),
    write('HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'),
    write(ok),
  ]);
  expect(await post(connection)).toMatchObject({ status: 410, reason: '410 GoneException' });
  expect(await post(connection)).toMatchObject({ status: 403 });
  expect(await post(connection)).toMatchObject({ status: 202 });
  expect(await post(connection)).toMatchObject({ status: 200 });
  expect(connection.usable).toBe(true);
});

test.each([
  'HTTP/1.1 429 Too Many Requests\r\nContent-Length: 3\r\n\r\nabc',
  'HTTP/1.1 429 Too Many Requests\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
])('an answer may come in any pieces: %j', async (answer) => {
  const cuts = fc.uniqueArray(fc.nat(answer.length), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(cuts, async (cuts) => {
      const ends = [...cuts.toSorted((a, b) => a - b), answer.length];
      const pieces = ends.map((end, i) => answer.slice(ends[i - 1] ?? 0, end));
      const connection = await connect([
        async (socket) => {
          for (const piece of pieces) {
            socket.write(piece);
            await sleep(1);
          }
        },
        write(ok),
      ]);
      expect(await post(connection)).toMatchObject({ status: 429 });
      expect(await post(connection)).toMatchObject({ status: 200 });
      stop();
    }),
    { numRuns: 25 },
  );
});

test('an answer without a length ends with the connection', async () => {
  const connection = await connect([(socket) => socket.end('HTTP/1.1 500 Oops\r\n\r\nabc')]);
  expect(await post(connection)).toMatchObject({ status: 500 });
  expect(connection.usable).toBe(false);
});

test('a connection that is to be closed takes no other request', async () => {
  const connection = await connect([write('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')]);
  expect(await post(connection)).toMatchObject({ status: 200 });
  expect(connection.usable).toBe(false);
});

test('what comes after an answer ends the connection, and is not taken for the next answer', async () => {
  const parting = 'HTTP/1.1 408 Request Timeout\r\n';
  const atOnce = await connect([write(ok + parting)]);
  expect(await post(atOnce)).toMatchObject({ status: 200 });
  expect(atOnce.usable).toBe(false);
  stop();
  const later = await connect([(socket) => socket.write(ok, () => setTimeout(() => socket.write(parting), 20))]);
  expect(await post(later)).toMatchObject({ status: 200 });
  await vi.waitFor(() => expect(later.usable).toBe(false), 10_000);
});

test('only a kept connection is stale when it is closed without an answer', async () => {
  const cut = (socket: Socket) => void socket.destroy();
  expect(await post(await connect([cut]))).toMatchObject({ status: 0, stale: false });
  stop();
  const kept = await connect([write(ok), cut]);
  await post(kept);
  expect(await post(kept)).toMatchObject({ status: 0, stale: true });
});

test('an idle connection that the other side ends is not usable', async () => {
  const connection = await connect([(socket) => socket.end(ok)]);
  await post(connection);
  await vi.waitFor(() => expect(connection.usable).toBe(false), 10_000);
});

test('over TLS, with the certificate checked and the name of the host sent', async () => {
  const certificate = selfSigned();
  const names: unknown[] = [];
  const server = createHttpsServer(certificate, (request, response) => request.pipe(response));
  server.on('secureConnection', ({ servername }) => names.push(servername));
  expect(await post(await listen(server, 'https://localhost'))).toMatchObject({
    status: 0,
    reason: expect.stringContaining('self-signed'),
  });
  stop();
  setDefaultCACertificates([certificate.cert]);
  expect(await post(await listen(server, 'https://localhost'))).toMatchObject({ status: 200 });
  expect(names.at(-1)).toBe('localhost');
});
