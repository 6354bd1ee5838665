import { expect, test } from 'vitest';
import { startGateway } from '../helpers/websocket-gateway.ts';

test('1 500 messages at once on one socket are all answered, and another socket’s message long before the last', async () => {
  const order: string[] = [];
  let running = 0;
  let most = 0;
  await using gateway = await startGateway({
    routes: { $default: { handler: 'echo', returnsResponse: true } },
    handlers: {
      async echo({ body = '' }) {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 1));
        running--;
        order.push(body);
        return { statusCode: 200, body };
      },
    },
  });
  const [flooding, talking] = [await gateway.connect(), await gateway.connect()];
  const flood = Array.from({ length: 1_500 }, (_, i) => `flood ${i}`);
  for (const text of flood) flooding.send(text);
  await flooding.next();
  talking.send('talk');
  expect(await talking.next()).toBe('talk');
  const answers = [];
  for (let i = 1; i < flood.length; i++) answers.push(await flooding.next());
  expect(new Set(order)).toEqual(new Set([...flood, 'talk']));
  expect(answers.filter((answer) => answer.includes('error'))).toEqual([]);
  expect(order.indexOf('talk')).toBeLessThan(flood.length / 2);
  expect(most).toBeLessThan(100);
});

// Lambda refuses what is more than the 1 000 of the account at once, and what is refused doesn't come again.
test('1 200 sockets that end at once have their $disconnect each, and no more than 500 run at once', async () => {
  let running = 0;
  let most = 0;
  const gate = Promise.withResolvers<void>();
  await using gateway = await startGateway({
    routes: { $disconnect: { handler: 'end' } },
    handlers: {
      async end() {
        most = Math.max(most, ++running);
        await gate.promise;
        running--;
        return { statusCode: 200 };
      },
    },
  });
  for (let i = 0; i < 12; i++) await Promise.all(Array.from({ length: 100 }, () => gateway.connect()));
  const open = () => [...(gateway.world.sockets[0]?.connections ?? [])].length;
  expect(open()).toBe(1_200);
  gateway.dropClients();
  await expect.poll(open).toBe(0);
  gate.resolve();
  await expect.poll(() => gateway.eventsOf('end').length).toBe(1_200);
  const ids = gateway.eventsOf('end').map(({ requestContext }) => requestContext['connectionId']);
  expect(new Set(ids).size).toBe(1_200);
  expect(most).toBeLessThanOrEqual(500);
});
