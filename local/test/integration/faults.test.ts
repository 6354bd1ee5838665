import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { handlers as eventSources } from '../../event-sources/index.ts';
import { handlers as services, startService } from '../../services/index.ts';
import { dynamoDbClient } from '../helpers/dynamodb.ts';
import { createResource } from '../helpers/resources.ts';
import { credentials, type TestWorld, testWorld } from '../helpers/world.ts';

const handlers = [...services, ...eventSources];
const hour = 3_600_000;
const seen: string[] = [];
let world: TestWorld;
let put: (id: string) => Promise<unknown>;

beforeAll(async () => {
  world = testWorld({
    startService,
    functions: {
      consumer: (event) => {
        for (const { dynamodb } of Object(event).Records) seen.push(dynamodb.Keys.id.S);
      },
    },
  });
  const { attributes } = await createResource(handlers, world, 'AWS::DynamoDB::Table', {
    TableName: 'parcels',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    StreamSpecification: { StreamViewType: 'KEYS_ONLY' },
  });
  const mapping = { EventSourceArn: attributes?.['StreamArn'], FunctionName: 'consumer', BatchSize: 1 };
  await createResource(handlers, world, 'AWS::Lambda::EventSourceMapping', mapping);
  const client = dynamoDbClient(await world.endpoint('DYNAMODB'), { maxAttempts: 1 });
  put = (id) => client.send(new PutItemCommand({ TableName: 'parcels', Item: { id: { S: id } } }));
  await world.ready();
});

afterAll(() => world[Symbol.asyncDispose]());

const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 20_000, interval: 20 });

test('the database can be cut off; the stream goes on by itself once it is back', async () => {
  await put('before');
  await eventually(() => expect(seen).toEqual(['before']));
  world.faults.serviceDownUntil.set('DYNAMODB', Date.now() + hour);
  await eventually(() => expect(put('lost')).rejects.toThrow(/socket hang up|ECONNRESET/));
  world.faults.serviceDownUntil.delete('DYNAMODB');
  await eventually(() => put('after'));
  await eventually(() => expect(seen).toContain('after'));
});

test('a service in this process can be cut off', async () => {
  const endpoint = await world.endpoint('SECRETS_MANAGER');
  const client = new SecretsManagerClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  const get = () => client.send(new GetSecretValueCommand({ SecretId: 'none' }));
  world.faults.serviceDownUntil.set('SECRETS_MANAGER', Date.now() + hour);
  await expect(get()).rejects.not.toHaveProperty('name', 'ResourceNotFoundException');
  world.faults.serviceDownUntil.delete('SECRETS_MANAGER');
  await eventually(() => expect(get()).rejects.toHaveProperty('name', 'ResourceNotFoundException'));
});

test('stream batches can be delivered twice', async () => {
  world.faults.streamDuplicateRate = 1;
  await put('twice');
  await eventually(() => expect(seen.filter((id) => id === 'twice')).toHaveLength(2));
  world.faults.streamDuplicateRate = 0;
});

test('stream batches can be dropped', async () => {
  const checkpoint = () => readFileSync(join(world.dataDir, 'event-sources', 'Test-Thing.json'), 'utf8');
  const before = checkpoint();
  world.faults.streamDropRate = 1;
  await put('dropped');
  await eventually(() => expect(checkpoint()).not.toBe(before));
  expect(seen).not.toContain('dropped');
});
