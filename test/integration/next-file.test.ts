import { ListTablesCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { expect, onTestFinished, test } from 'vitest';
import { type Api, password, startApi } from '#test/helpers/api.ts';
import { startPushService } from '#test/helpers/push-service.ts';

/** All that one file of tests could leave to the next one of its worker. */
async function found(api: Api) {
  const { TableNames = [] } = await api.database.send(new ListTablesCommand());
  const scans = TableNames.map((TableName) => api.database.send(new ScanCommand({ TableName })));
  return {
    items: (await Promise.all(scans)).flatMap(({ Items = [] }) => Items),
    jobs: api.queued(),
    mails: await api.mailsTo('ann@example.com'),
    files: api.s3.store.get('journal', 'a key'),
    events: ['connect', 'message', 'disconnect'].flatMap((handler) => api.gateway.eventsOf(handler)),
    streamed: api.streamed,
    crashes: Object.values(api.crashes).filter((count) => count > 0),
    faults: api.gateway.world.faults.rows,
    mayOpen: api.gateway.world.pages.has('https://evil.example'),
  };
}

const nothing = { items: [], jobs: [], mails: [], events: [], streamed: [], crashes: [], faults: [], mayOpen: false };

test('a file of tests finds nothing of the one before it in its worker', async () => {
  const first = await startApi();
  expect(await found(first)).toEqual(nothing);
  const body = { username: 'ann', email: 'ann@example.com', password };
  await first.call('POST /auth/register', { body });
  expect(await first.mailsTo(body.email)).toHaveLength(1);
  const [ann, ben] = [await first.register(), await first.register()];
  const { body: group } = await ann.call('POST /conversations', {
    body: { type: 'group', name: 'all', memberIds: [ben.id] },
  });
  const service = await startPushService();
  onTestFinished(() => service.stop());
  await ben.call('POST /push/subscriptions', { body: service.device().subscription });
  const device = await ann.open();
  await device.ask({ action: 'message', conversationId: group.id, text: 'hello' });
  await expect.poll(() => first.streamed.length).toBeGreaterThan(0);
  await expect.poll(() => first.queued().length).toBeGreaterThan(0);
  first.s3.store.put('journal', 'a key', { blob: first.s3.store.newBlob(), size: 0, etag: '' }, {});
  first.crashes.fanout = 1;
  first.gateway.world.faults.add({ target: 'APIGATEWAYMANAGEMENTAPI', kind: 'down' });
  first.gateway.world.pages.add('https://evil.example');
  await first.stop();
  await device.socket.closed;

  const second = await startApi();
  expect(await found(second)).toEqual(nothing);
  const again = await second.call('POST /auth/register', { body });
  expect(again.status).toBe(201);
  const next = await second.register();
  expect([ann.username, ben.username]).not.toContain(next.username);
  await second.stop();
});
