import { setTimeout as delay } from 'node:timers/promises';
import { PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import { describe, expect, test } from 'vitest';
import type { WebSocketLimits } from '../../types.ts';
import { type Handler, startGateway, type TestGateway } from '../helpers/websocket-gateway.ts';

const ok = () => ({ statusCode: 200 });
const start = (limits: WebSocketLimits = {}, end: Handler = ok) =>
  startGateway({
    limits,
    handlers: { connect: ok, echo: ({ body }) => ({ statusCode: 200, body }), end },
    routes: {
      $connect: { handler: 'connect' },
      $default: { handler: 'echo', returnsResponse: true },
      $disconnect: { handler: 'end' },
    },
  });

async function endOf(gateway: TestGateway) {
  await expect.poll(() => gateway.eventsOf('end')).not.toEqual([]);
  const context = gateway.eventsOf('end')[0]?.requestContext;
  return { code: context?.['disconnectStatusCode'], reason: context?.['disconnectReason'] };
}

// AWS: "Manage connected users and client apps: $connect and $disconnect routes"
describe('$disconnect', () => {
  test.each([
    ['without a status', undefined, '', { code: 1005, reason: 'Client-side close frame status not set' }],
    ['with a status', 1000, '', { code: 1000, reason: 'Connection Closed Normally' }],
    ['with a status and a reason', 4001, 'enough', { code: 4001, reason: 'enough' }],
  ])('when the client closes %s', async (_, code, reason, status) => {
    await using gateway = await start();
    (await gateway.connect()).webSocket.close(code, reason);
    expect(await endOf(gateway)).toEqual(status);
  });

  test('when the connection drops', async () => {
    await using gateway = await start();
    await gateway.connect();
    gateway.dropClients();
    expect(await endOf(gateway)).toEqual({ code: 1006, reason: 'Connection closed abnormally' });
  });

  test('comes for each of many sockets that end at once, but not for all at once', async () => {
    let running = 0;
    let most = 0;
    await using gateway = await start({}, async () => {
      most = Math.max(most, ++running);
      await delay(1);
      running--;
    });
    await Promise.all(Array.from({ length: 600 }, () => gateway.connect()));
    gateway.dropClients();
    await expect.poll(() => gateway.eventsOf('end').length).toBe(600);
    expect(most).toBeLessThanOrEqual(500);
  });

  test('comes once, and its failure hurts nobody', async () => {
    await using gateway = await start({}, () => Promise.reject(new Error('broken')));
    const [first, second] = [await gateway.connect(), await gateway.connect()];
    first.webSocket.close();
    await endOf(gateway);
    second.send('still here');
    expect(await second.next()).toBe('still here');
    expect(gateway.eventsOf('end')).toHaveLength(1);
  });
});

// AWS: "Quotas for configuring and running a WebSocket API in API Gateway" (10 minutes idle, 2 hours; here shortened)
describe('limits', () => {
  const away = { code: 1001, reason: 'Going away' };

  test('an idle socket is closed with 1001', async () => {
    await using gateway = await start({ idleMs: 50 });
    const socket = await gateway.connect();
    expect(await socket.closed).toEqual(away);
    expect(await endOf(gateway)).toEqual(away);
  });

  test("a client that does not answer the close is dropped, and the status is still the server's", async () => {
    await using gateway = await start({ idleMs: 50 });
    (await gateway.connect()).webSocket.pause();
    await expect.poll(() => gateway.eventsOf('end')).toHaveLength(1);
    expect(await endOf(gateway)).toEqual(away);
  }, 15_000);

  test('messages in either direction keep it open, pings do not', async () => {
    await using gateway = await start({ idleMs: 300 });
    const [talking, listening, pinging] = [await gateway.connect(), await gateway.connect(), await gateway.connect()];
    const listener = gateway.eventsOf('connect')[1]?.requestContext.connectionId;
    let pingingIsOpen = true;
    void pinging.closed.then(() => {
      pingingIsOpen = false;
    });
    while (pingingIsOpen) {
      talking.send('hello');
      await talking.next();
      await gateway.management.send(new PostToConnectionCommand({ ConnectionId: listener, Data: 'hello' }));
      if (pinging.webSocket.readyState === pinging.webSocket.OPEN) pinging.webSocket.ping();
    }
    expect([talking, listening].map(({ webSocket }) => webSocket.readyState)).toEqual([1, 1]);
  });

  test('the oldest socket is closed with 1001 however busy', async () => {
    await using gateway = await start({ maxLifeMs: 200 });
    const socket = await gateway.connect();
    const busy = setInterval(() => socket.webSocket.readyState === 1 && socket.send('hello'), 10);
    expect(await socket.closed).toEqual(away);
    clearInterval(busy);
    expect(await endOf(gateway)).toEqual(away);
  });

  test('a client that does not read is dropped before it costs much memory', async () => {
    await using gateway = await start();
    const socket = await gateway.connect();
    socket.webSocket.pause();
    const ConnectionId = gateway.eventsOf('connect')[0]?.requestContext.connectionId;
    const flood = async () => {
      for (;;)
        await gateway.management.send(new PostToConnectionCommand({ ConnectionId, Data: Buffer.alloc(100_000, 'x') }));
    };
    await expect(flood()).rejects.toMatchObject({ name: 'GoneException' });
    expect(await endOf(gateway)).toMatchObject({ code: 1006 });
  });
});

describe('the end of the stack', () => {
  test('closes every socket with 1001 and waits for their $disconnect', async () => {
    let finished = 0;
    await using gateway = await start({}, async () => {
      await delay(100);
      finished += 1;
      return ok();
    });
    const sockets = [await gateway.connect(), await gateway.connect()];
    await gateway.api.close();
    expect(await Promise.all(sockets.map(({ closed }) => closed))).toEqual(
      Array(2).fill({ code: 1001, reason: 'Going away' }),
    );
    expect(finished).toBe(2);
  });

  test('does not wait for a $disconnect that hangs, nor for a client that does not answer', async () => {
    await using gateway = await start({}, () => new Promise(() => undefined));
    (await gateway.connect()).webSocket.pause();
    await gateway.connect();
    await gateway.api.close();
    await expect(gateway.connect()).rejects.toThrow('ECONNREFUSED');
  });
});

test('sockets can be cut in bulk', async () => {
  await using gateway = await start();
  const sockets = await Promise.all(Array.from({ length: 20 }, () => gateway.connect()));
  gateway.world.faults.add({ target: '*', kind: 'cut', rate: 0.5 });
  const { events, met } = gateway.world.faults.rows[0] ?? { events: 0, met: 0 };
  expect([events, met > 2 && met < 18]).toEqual([20, true]);
  const cut = () => sockets.filter(({ webSocket }) => webSocket.readyState === webSocket.CLOSED);
  await expect.poll(cut).toHaveLength(met);
  for (const { closed } of cut()) expect((await closed).code).toBe(1006);
});

test('a $disconnect can be lost', async () => {
  let disconnects = 0;
  await using gateway = await start({}, () => disconnects++);
  gateway.world.faults.add({ target: 'a1b2*', kind: 'disconnect-lost' });
  (await gateway.connect()).webSocket.terminate();
  await expect.poll(() => gateway.world.faults.rows).toMatchObject([{ met: 1 }]);
  gateway.world.faults.clear();
  (await gateway.connect()).webSocket.terminate();
  await expect.poll(() => disconnects).toBe(1);
});

test('all sockets can be ended as after two hours', async () => {
  await using gateway = await start();
  const sockets = [await gateway.connect(), await gateway.connect()];
  gateway.world.faults.add({ target: '*', kind: 'cut', how: 'expired' });
  for (const { closed } of sockets) expect((await closed).code).toBe(1001);
  expect((await gateway.connect()).webSocket.readyState).toBe(1);
});
