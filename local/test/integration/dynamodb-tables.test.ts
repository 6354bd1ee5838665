import { afterEach, expect, test, vi } from 'vitest';
import { callService } from '../../services/call.ts';
import { sweep } from '../../services/dynamodb/ttl.ts';
import { handlers, startService } from '../../services/index.ts';
import { createResource } from '../helpers/resources.ts';
import { type TestWorld, testWorld } from '../helpers/world.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function start(dataDir?: string): TestWorld {
  const world = testWorld({ startService, ...(dataDir !== undefined && { dataDir }) });
  cleanups.push(() => world[Symbol.asyncDispose]());
  return world;
}

const byId = {
  TableName: 'parcels',
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
};
const dynamodb = async (world: TestWorld, operation: string, input: object = {}) =>
  Object(await callService(world, `DynamoDB_20120810.${operation}`, { TableName: 'parcels', ...input }));
const put = (world: TestWorld, id: string, expires: number) =>
  dynamodb(world, 'PutItem', { Item: { id: { S: id }, expires: { N: String(expires) } } });

test('a table of either type is made with its indexes, stream and expiry, and has the attributes of its type', async () => {
  const world = start();
  const properties = {
    ...byId,
    AttributeDefinitions: [...byId.AttributeDefinitions, { AttributeName: 'town', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
    GlobalSecondaryIndexes: [
      {
        IndexName: 'byTown',
        KeySchema: [{ AttributeName: 'town', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
    StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
    TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
    Replicas: [{ Region: 'us-east-1', PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }],
    SSESpecification: { SSEEnabled: true },
  };
  const created = await createResource(handlers, world, 'AWS::DynamoDB::GlobalTable', properties);
  expect(created).toEqual({
    ref: 'parcels',
    attributes: {
      Arn: 'arn:aws:dynamodb:us-east-1:000000000000:table/parcels',
      StreamArn: expect.stringMatching(/^arn:aws:dynamodb:us-east-1:000000000000:table\/parcels\/stream\/.+/),
    },
  });
  const { Table } = await dynamodb(world, 'DescribeTable');
  expect(Table.GlobalSecondaryIndexes).toMatchObject([{ IndexName: 'byTown' }]);
  expect(Table.StreamSpecification).toEqual({ StreamEnabled: true, StreamViewType: 'NEW_IMAGE' });
  const { TimeToLiveDescription } = await dynamodb(world, 'DescribeTimeToLive');
  expect(TimeToLiveDescription).toMatchObject({ AttributeName: 'expires', TimeToLiveStatus: 'ENABLED' });
});

test('a table without a name is called after its stack and logical id', async () => {
  const { TableName: _, ...unnamed } = byId;
  const { ref } = await createResource(handlers, start(), 'AWS::DynamoDB::Table', unnamed, 'Parcels4711');
  expect(ref).toBe('Test-Parcels4711');
});

test('a table keeps its items over a restart, and gets the index, stream and expiry that the template now has', async () => {
  const before = start();
  await createResource(handlers, before, 'AWS::DynamoDB::Table', byId);
  await put(before, 'kept', 0);
  await before.stop();

  const after = start(before.dataDir);
  await createResource(handlers, after, 'AWS::DynamoDB::Table', {
    ...byId,
    AttributeDefinitions: [...byId.AttributeDefinitions, { AttributeName: 'expires', AttributeType: 'N' }],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'byExpiry',
        KeySchema: [{ AttributeName: 'expires', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
    StreamSpecification: { StreamViewType: 'KEYS_ONLY' },
    TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
  });
  const query = {
    IndexName: 'byExpiry',
    KeyConditionExpression: 'expires = :zero',
    ExpressionAttributeValues: { ':zero': { N: '0' } },
  };
  expect((await dynamodb(after, 'Query', query)).Count).toBe(1);
  expect((await dynamodb(after, 'DescribeTable')).Table.StreamSpecification.StreamEnabled).toBe(true);
  expect((await dynamodb(after, 'DescribeTimeToLive')).TimeToLiveDescription.TimeToLiveStatus).toBe('ENABLED');
});

test('a table whose key changed is refused, with a word on what to do', async () => {
  const before = start();
  await createResource(handlers, before, 'AWS::DynamoDB::Table', byId);
  await before.stop();
  const changed = createResource(handlers, start(before.dataDir), 'AWS::DynamoDB::Table', {
    ...byId,
    KeySchema: [{ AttributeName: 'number', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'number', AttributeType: 'S' }],
  });
  await expect(changed).rejects.toThrow(
    /another key \(number HASH\) than its data has \(id HASH\); remove the data folder/,
  );
});

// "Using time to live (TTL) in DynamoDB".
test('items past their time are swept, others and those more than five years past are not', async () => {
  const world = start();
  const TimeToLiveSpecification = { AttributeName: 'expires', Enabled: true };
  await createResource(handlers, world, 'AWS::DynamoDB::Table', { ...byId, TimeToLiveSpecification });
  const now = 2_000_000_000;
  await put(world, 'expired', now - 1);
  await put(world, 'current', now + 1);
  await put(world, 'ancient', now - 6 * 365 * 86_400);
  await dynamodb(world, 'PutItem', { Item: { id: { S: 'lasting' } } });
  await sweep(world, 'parcels', 'expires', now);
  const { Items } = await dynamodb(world, 'Scan');
  expect(Items.map(({ id }: { id: { S: string } }) => id.S).sort()).toEqual(['ancient', 'current', 'lasting']);
});

test('the sweep begins with the stack', async () => {
  const world = start();
  const TimeToLiveSpecification = { AttributeName: 'expires', Enabled: true };
  await createResource(handlers, world, 'AWS::DynamoDB::Table', { ...byId, TimeToLiveSpecification });
  await put(world, 'expired', Math.floor(Date.now() / 1000) - 60);
  await world.ready();
  await vi.waitFor(async () => expect((await dynamodb(world, 'Scan')).Count).toBe(0), { timeout: 60_000 });
});

test('a DynamoDB given from outside is used instead', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', 'http://127.0.0.1:8000/');
  cleanups.push(() => vi.unstubAllEnvs());
  const world = start();
  expect(await world.endpoint('DYNAMODB')).toBe('http://127.0.0.1:8000');
  expect(await world.endpoint('DYNAMODB_STREAMS')).toBe('http://127.0.0.1:8000');
});

test('a table with point-in-time recovery is restored beside itself, to any moment, and with nothing but its items', async () => {
  const world = start();
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
  const StreamSpecification = { StreamViewType: 'KEYS_ONLY' };
  const properties = { ...byId, StreamSpecification, PointInTimeRecoverySpecification };
  await createResource(handlers, world, 'AWS::DynamoDB::Table', properties);
  const remove = (id: string) => dynamodb(world, 'DeleteItem', { Key: { id: { S: id } } });
  const restore = (TargetTableName: string, when: object) =>
    dynamodb(world, 'RestoreTableToPointInTime', { SourceTableName: 'parcels', TargetTableName, ...when });
  for (const id of ['kept', 'changed', 'removed']) await put(world, id, 1);
  await new Promise((resolve) => setTimeout(resolve, 5));
  const at = Date.now() / 1000;
  await new Promise((resolve) => setTimeout(resolve, 5));
  await put(world, 'changed', 2);
  await put(world, 'added', 2);
  await remove('removed');
  await restore('then', { RestoreDateTime: at });
  await restore('today', { UseLatestRestorableTime: true });
  const items = async (TableName: string) =>
    Object.fromEntries(
      (await dynamodb(world, 'Scan', { TableName })).Items.map(
        (item: { id: { S: string }; expires: { N: string } }) => [item.id.S, item.expires.N],
      ),
    );
  expect(await items('then')).toEqual({ kept: '1', changed: '1', removed: '1' });
  expect(await items('today')).toEqual({ kept: '1', changed: '2', added: '2' });
  expect(await dynamodb(world, 'DescribeTable', { TableName: 'then' })).not.toHaveProperty('Table.LatestStreamArn');
  expect(await dynamodb(world, 'DescribeContinuousBackups', { TableName: 'then' })).toMatchObject({
    ContinuousBackupsDescription: { PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' } },
  });
  await expect(restore('nowhere', { RestoreDateTime: at - 86_400 })).rejects.toThrow(
    expect.objectContaining({ code: 'InvalidRestoreTimeException' }),
  );
  await expect(
    dynamodb(world, 'RestoreTableToPointInTime', { SourceTableName: 'then', TargetTableName: 'nowhere' }),
  ).rejects.toThrow(expect.objectContaining({ code: 'PointInTimeRecoveryUnavailableException' }));
});
