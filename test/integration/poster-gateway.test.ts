import { afterEach, expect, test, vi } from 'vitest';
import { createPoster } from '#adapters/sockets/poster.ts';
import { startGateway } from '#local/test/helpers/websocket-gateway.ts';

afterEach(() => vi.unstubAllEnvs());

test('on the gateway: open sockets get the frame, a closed one is gone, a malformed id has failed', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local').stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  const handlers = { connect: () => ({ statusCode: 200 }), disconnect: () => undefined };
  const routes = { $connect: { handler: 'connect' }, $disconnect: { handler: 'disconnect' } };
  await using gateway = await startGateway({ handlers, routes });
  const [ann, bob, gone] = [await gateway.connect(), await gateway.connect(), await gateway.connect()];
  const ids = gateway.eventsOf('connect').map((event) => event.requestContext.connectionId);
  gone.webSocket.close();
  await vi.waitFor(() => expect(gateway.eventsOf('disconnect')).toHaveLength(1), 10_000);

  const poster = createPoster({ endpoint: gateway.httpUrl, region: 'us-east-1' });
  const outcome = await poster.post([...ids, 'no such thing'], '{"events":[]}', Date.now() + 60_000);
  poster.close();

  expect(outcome).toMatchObject({ delivered: 2, gone: [ids[2]], failed: ['no such thing'] });
  expect([await ann.next(), await bob.next()]).toEqual(['{"events":[]}', '{"events":[]}']);
});
