import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand as Post,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { describe, expect, test } from 'vitest';
import type { WebSocketLimits } from '../../types.ts';
import { signedHeaders } from '../helpers/signed.ts';
import { startGateway, type TestGateway } from '../helpers/websocket-gateway.ts';

const KB = 1024;
const never = 'AAAAAAAAAAAAAAA=';
const signed = (url: string, body: string) => signedHeaders(url, 'execute-api', body);

async function start(limits: WebSocketLimits = {}) {
  const ok = () => ({ statusCode: 200 });
  const gateway = await startGateway({
    limits,
    handlers: { connect: ok, end: ok },
    routes: { $connect: { handler: 'connect' }, $disconnect: { handler: 'end' } },
  });
  const socket = await gateway.connect('', [], { headers: { 'User-Agent': 'test' } });
  const ConnectionId = gateway.eventsOf('connect')[0]?.requestContext.connectionId ?? '';
  const path = `/@connections/${encodeURIComponent(ConnectionId)}`;
  return { gateway, socket, ConnectionId, path };
}

/** Payload bytes of the frames that a server sent (RFC 6455, section 5.2). */
function frameSizes(bytes: Buffer): number[] {
  if (bytes.length === 0) return [];
  const short = bytes.readUInt8(1);
  const [header, size] =
    short < 126 ? [2, short] : short === 126 ? [4, bytes.readUInt16BE(2)] : [10, Number(bytes.readBigUInt64BE(2))];
  return [size, ...frameSizes(bytes.subarray(header + size))];
}

// AWS: "Use @connections commands in your backend service" and the ApiGatewayManagementApi API reference
describe('POST', () => {
  test('sends the data as a text message', async () => {
    const { gateway, socket, ConnectionId } = await start();
    await using _ = gateway;
    await gateway.management.send(new Post({ ConnectionId, Data: 'héllo' }));
    await gateway.management.send(new Post({ ConnectionId, Data: '' }));
    await gateway.management.send(new Post({ ConnectionId, Data: '{}' }));
    expect([await socket.next(), await socket.next(), await socket.next()]).toEqual(['héllo', '', '{}']);
  });

  // AWS: "Quotas for configuring and running a WebSocket API in API Gateway"
  test('takes 128 KB, in frames of 32 KB, and refuses more with 413', async () => {
    const { gateway, socket, ConnectionId } = await start();
    await using _ = gateway;
    const received: Buffer[] = [];
    socket.rawSocket.on('data', (chunk: Buffer) => received.push(chunk));
    const Data = 'é'.repeat(64 * KB);
    await gateway.management.send(new Post({ ConnectionId, Data }));
    expect(await socket.next()).toBe(Data);
    expect(frameSizes(Buffer.concat(received))).toEqual([32 * KB, 32 * KB, 32 * KB, 32 * KB]);
    const tooLarge = gateway.management.send(new Post({ ConnectionId, Data: `${Data}x` }));
    await expect(tooLarge).rejects.toMatchObject({
      name: 'PayloadTooLargeException',
      $metadata: { httpStatusCode: 413 },
    });
    await gateway.management.send(new Post({ ConnectionId, Data: 'after' }));
    expect(await socket.next()).toBe('after');
  });

  test('over one kept connection', async () => {
    const { gateway, socket, path } = await start();
    await using _ = gateway;
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const post = (body: string) =>
      new Promise<boolean>((resolve, reject) => {
        const url = `${gateway.httpUrl}${path}`;
        const call = request(url, { method: 'POST', agent, headers: signed(url, body) }, (response) => {
          response.resume().on('end', () => resolve(call.reusedSocket));
        });
        call.on('error', reject).end(body);
      });
    expect([await post('1'), await post('2'), await post('3')]).toEqual([false, true, true]);
    expect(await socket.next()).toBe('1');
    agent.destroy();
  });

  // AWS: "How do I resolve 410 GoneException errors from API Gateway WebSocket APIs?"
  test('from the $connect function itself is 410: the socket is not open yet', async () => {
    let error: unknown;
    await using gateway = await startGateway({
      handlers: {
        async connect({ requestContext: { connectionId } }) {
          error = await gateway.management
            .send(new Post({ ConnectionId: connectionId, Data: 'early' }))
            .catch((e: unknown) => e);
          return { statusCode: 200 };
        },
      },
      routes: { $connect: { handler: 'connect' } },
    });
    await gateway.connect();
    expect(error).toMatchObject({ name: 'GoneException', $metadata: { httpStatusCode: 410 } });
  });
});

describe('GET', () => {
  test('tells of the connection', async () => {
    const { gateway, ConnectionId } = await start();
    await using _ = gateway;
    const before = await gateway.management.send(new GetConnectionCommand({ ConnectionId }));
    expect(before.Identity).toEqual({ SourceIp: '127.0.0.1', UserAgent: 'test' });
    expect(before.ConnectedAt?.getTime()).toBe(gateway.eventsOf('connect')[0]?.requestContext['connectedAt']);
    await gateway.management.send(new Post({ ConnectionId, Data: 'hello' }));
    const after = await gateway.management.send(new GetConnectionCommand({ ConnectionId }));
    expect(after.LastActiveAt?.getTime()).toBeGreaterThanOrEqual(before.LastActiveAt?.getTime() ?? Number.NaN);
    expect(after.ConnectedAt).toEqual(before.ConnectedAt);
  });
});

describe('DELETE', () => {
  test('closes the socket, which is gone at once', async () => {
    const { gateway, socket, ConnectionId } = await start();
    await using _ = gateway;
    const { $metadata } = await gateway.management.send(new DeleteConnectionCommand({ ConnectionId }));
    expect($metadata.httpStatusCode).toBe(204);
    await expect(gateway.management.send(new Post({ ConnectionId, Data: 'late' }))).rejects.toMatchObject({
      name: 'GoneException',
    });
    expect((await socket.closed).code).toBe(1000);
    await expect.poll(() => gateway.eventsOf('end')[0]?.requestContext).toMatchObject({ disconnectStatusCode: 1000 });
  });
});

describe('errors', () => {
  const calls: [string, (gateway: TestGateway, ConnectionId: string) => Promise<unknown>][] = [
    ['POST', ({ management }, ConnectionId) => management.send(new Post({ ConnectionId, Data: 'x' }))],
    ['GET', ({ management }, ConnectionId) => management.send(new GetConnectionCommand({ ConnectionId }))],
    ['DELETE', ({ management }, ConnectionId) => management.send(new DeleteConnectionCommand({ ConnectionId }))],
  ];

  test.each(calls)('%s on a connection that never was, or is over, is GoneException', async (_, call) => {
    const { gateway, socket, ConnectionId } = await start();
    await using __ = gateway;
    const gone = { name: 'GoneException', $metadata: { httpStatusCode: 410 } };
    await expect(call(gateway, never)).rejects.toMatchObject(gone);
    socket.webSocket.close();
    await expect.poll(() => gateway.eventsOf('end')).toHaveLength(1);
    await expect(call(gateway, ConnectionId)).rejects.toMatchObject(gone);
  });

  test.each(calls)('%s on what is no connection id is BadRequestException', async (_, call) => {
    const { gateway } = await start();
    await using __ = gateway;
    for (const ConnectionId of ['nonsense', 'AAAAAAAAAAAAAAA', '%zz', 'AAAAAAAAAAAAAAAA=']) {
      await expect(call(gateway, ConnectionId)).rejects.toMatchObject({
        name: 'BadRequestException',
        message: `Invalid connectionId: ${ConnectionId}`,
        $metadata: { httpStatusCode: 400 },
      });
    }
  });

  test('another stage is forbidden', async () => {
    const { gateway, path } = await start();
    await using _ = gateway;
    const url = `${gateway.origin}/other${path}`;
    const response = await fetch(url, { method: 'POST', headers: signed(url, 'x'), body: 'x' });
    expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([403, 'ForbiddenException']);
  });

  test('a call that is not signed is forbidden', async () => {
    const { gateway, path } = await start();
    await using _ = gateway;
    const response = await fetch(`${gateway.httpUrl}${path}`, { method: 'POST', body: 'x' });
    expect([response.status, await response.json()]).toEqual([
      403,
      { message: 'Request is missing Authentication Token' },
    ]);
  });

  // AWS: "Amazon API Gateway quotas" (the account's request rate counts @connections calls, too)
  test('calls over the set rate are LimitExceededException', async () => {
    const { gateway, ConnectionId } = await start({ managementCallsPerSecond: 2 });
    await using _ = gateway;
    const posts = Array.from({ length: 50 }, () => gateway.management.send(new Post({ ConnectionId, Data: 'x' })));
    const errors = (await Promise.allSettled(posts))
      .filter((result) => result.status === 'rejected')
      .map(({ reason }) => reason);
    expect(errors.length).toBeGreaterThan(0);
    for (const error of errors)
      expect(error).toMatchObject({ name: 'LimitExceededException', $metadata: { httpStatusCode: 429 } });
  });

  test('while the service is made to be down, connections are cut', async () => {
    const { gateway, socket, ConnectionId } = await start();
    await using _ = gateway;
    gateway.world.faults.add({ target: 'APIGATEWAYMANAGEMENTAPI', kind: 'down' });
    await expect(gateway.management.send(new Post({ ConnectionId, Data: 'x' }))).rejects.toThrow(
      /socket hang up|ECONNRESET/,
    );
    gateway.world.faults.clear();
    await gateway.management.send(new Post({ ConnectionId, Data: 'again' }));
    expect(await socket.next()).toBe('again');
  });

  test('on purpose, a frame can be refused, or taken and lost', async () => {
    const { gateway, socket, ConnectionId } = await start();
    await using _ = gateway;
    const post = (Data: string) => gateway.management.send(new Post({ ConnectionId, Data }));
    gateway.world.faults.add({ target: 'APIGATEWAYMANAGEMENTAPI', kind: 'throttle' });
    await expect(post('refused')).rejects.toMatchObject({ name: 'LimitExceededException' });
    gateway.world.faults.clear();
    gateway.world.faults.add({ target: 'APIGATEWAYMANAGEMENTAPI', kind: 'lost' });
    await post('lost');
    gateway.world.faults.clear();
    await post('there');
    expect(await socket.next()).toBe('there');
  });

  test('of a client that is made not to read, frames wait in their order', async () => {
    const { gateway, socket, ConnectionId } = await start();
    await using _ = gateway;
    const post = (Data: string) => gateway.management.send(new Post({ ConnectionId, Data }));
    gateway.world.faults.add({ target: '*', kind: 'stuck-reader', until: Date.now() + 300 });
    await post('a');
    gateway.world.faults.clear();
    await post('b');
    const first = socket.next();
    expect(await Promise.race([first, sleep(20)])).toBeUndefined();
    expect([await first, await socket.next()]).toEqual(['a', 'b']);
  });

  test('a client that does not read is dropped when too much waits for it', async () => {
    const { gateway, socket, ConnectionId } = await start();
    await using _ = gateway;
    gateway.world.faults.add({ target: '*', kind: 'stuck-reader', until: Date.now() + 60_000 });
    const large = new Post({ ConnectionId, Data: 'x'.repeat(128 * 1024) });
    for (let i = 0; i <= 32; i++) await gateway.management.send(large);
    expect((await socket.closed).code).toBe(1006);
  });
});
