import { once } from 'node:events';
import { expect, test } from 'vitest';
import { startGateway, type TestSocket } from '../helpers/websocket-gateway.ts';

const KB = 1024;
const routes = { $default: { handler: 'size', returnsResponse: true }, $disconnect: { handler: 'end' } };
const start = () =>
  startGateway({
    routes,
    handlers: {
      size: ({ body = '' }) => ({ statusCode: 200, body: String(Buffer.byteLength(body)) }),
      end: () => ({ statusCode: 200 }),
    },
  });

/** Sends one message in several frames. */
function sendFrames(socket: TestSocket, sizes: readonly number[]): void {
  for (const [i, size] of sizes.entries()) socket.webSocket.send('x'.repeat(size), { fin: i === sizes.length - 1 });
}

// AWS: "Quotas for configuring and running a WebSocket API in API Gateway" (frame 32 KB, message 128 KB, close code 1009)
test('a frame of 32 KB is taken', async () => {
  await using gateway = await start();
  const socket = await gateway.connect();
  sendFrames(socket, [32 * KB]);
  expect(await socket.next()).toBe(String(32 * KB));
});

test('a frame over 32 KB closes the socket with 1009 and reaches no function', async () => {
  await using gateway = await start();
  const socket = await gateway.connect();
  sendFrames(socket, [32 * KB + 1]);
  expect((await socket.closed).code).toBe(1009);
  await expect.poll(() => gateway.eventsOf('end')[0]?.requestContext['disconnectStatusCode']).toBe(1009);
  expect(gateway.eventsOf('size')).toEqual([]);
});

test('a frame over 64 KB, whose length takes eight bytes, does so too', async () => {
  await using gateway = await start();
  const socket = await gateway.connect();
  sendFrames(socket, [100 * KB]);
  expect((await socket.closed).code).toBe(1009);
});

test('a message of 128 KB is taken when its frames are small enough', async () => {
  await using gateway = await start();
  const socket = await gateway.connect();
  sendFrames(socket, [32 * KB, 32 * KB, 32 * KB, 32 * KB]);
  expect(await socket.next()).toBe(String(128 * KB));
});

test('a message over 128 KB closes the socket with 1009, and each message counts by itself', async () => {
  await using gateway = await start();
  const socket = await gateway.connect();
  sendFrames(socket, [32 * KB, 32 * KB, 32 * KB]);
  expect(await socket.next()).toBe(String(96 * KB));
  sendFrames(socket, [32 * KB, 32 * KB, 32 * KB, 32 * KB, 1]);
  expect((await socket.closed).code).toBe(1009);
  expect(gateway.eventsOf('size')).toHaveLength(1);
});

// AWS: "Binary media types for WebSocket APIs in API Gateway"
test('a binary frame closes the socket with 1003', async () => {
  await using gateway = await start();
  const socket = await gateway.connect();
  socket.webSocket.send(Buffer.from('hello'));
  expect((await socket.closed).code).toBe(1003);
  await expect.poll(() => gateway.eventsOf('end')[0]?.requestContext['disconnectStatusCode']).toBe(1003);
  expect(gateway.eventsOf('size')).toEqual([]);
});

// RFC 6455, sections 5.5.2 and 8.1
test('a ping is answered with a pong, also between the frames of a message', async () => {
  await using gateway = await start();
  const socket = await gateway.connect();
  socket.webSocket.send('one', { fin: false });
  socket.webSocket.ping('still there?');
  const [payload] = await once(socket.webSocket, 'pong');
  expect(String(payload)).toBe('still there?');
  socket.webSocket.send('two');
  expect(await socket.next()).toBe('6');
  expect(gateway.eventsOf('size')).toHaveLength(1);
});

test('compression is not negotiated', async () => {
  await using gateway = await start();
  const socket = await gateway.connect('', [], { perMessageDeflate: true });
  expect(socket.webSocket.extensions).toBe('');
});

test('bytes that are no WebSocket frame end that socket alone', async () => {
  await using gateway = await start();
  const [broken, healthy] = [await gateway.connect(), await gateway.connect()];
  broken.rawSocket.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff]));
  expect((await broken.closed).code).toBe(1002);
  healthy.send('hello');
  expect(await healthy.next()).toBe('5');
});
