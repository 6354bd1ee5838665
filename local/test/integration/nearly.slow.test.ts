/** What is nearly a request to a local service: grammar-based, from valid ones (`npm run fuzz` does it for longer). */
import { hash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sign } from '../../access/signature.ts';
import { handlers, startService } from '../../services/index.ts';
import type { ServiceName } from '../../types.ts';
import { type Edits, edits, nearly, nearlyText } from '../helpers/grammar.ts';
import { createResource } from '../helpers/resources.ts';
import { access, type TestWorld, testWorld } from '../helpers/world.ts';

/** A valid request, and how its body becomes a text that is nearly one. */
interface Valid {
  readonly service: ServiceName;
  /** The name that signatures have for it. */
  readonly signing: string;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: (made: Edits) => string;
}

/** A request that waits for messages is long, and says nothing more. */
const shortMs = 2_000;

let world: TestWorld;
let requests: readonly Valid[];

beforeAll(async () => {
  world = testWorld({ startService });
  requests = await validRequests();
});
afterAll(() => world[Symbol.asyncDispose]());

async function validRequests(): Promise<Valid[]> {
  const create = (type: string, properties: object, id?: string) =>
    createResource(handlers, world, type, { ...properties }, id);
  const SecretId = (await create('AWS::SecretsManager::Secret', { Name: 'nearly', SecretString: 'v1' })).ref;
  const QueueUrl = (await create('AWS::SQS::Queue', {}, 'Nearly')).ref;
  const TopicArn = (await create('AWS::SNS::Topic', { TopicName: 'nearly' })).ref;
  await create('AWS::S3::Bucket', { BucketName: 'nearly' });
  const TableName = 'nearly';
  await create('AWS::DynamoDB::Table', {
    TableName,
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  });
  const json = (service: ServiceName, signing: string, target: string, valid: object): Valid => ({
    service,
    signing,
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target },
    body: (made) => nearly(valid, made),
  });
  const sqs = (name: string, valid: object) => json('SQS', 'sqs', `AmazonSQS.${name}`, { QueueUrl, ...valid });
  const secrets = (name: string, valid: object) =>
    json('SECRETS_MANAGER', 'secretsmanager', `secretsmanager.${name}`, { SecretId, ...valid });
  const table = (name: string, valid: object) => json('DYNAMODB', 'dynamodb', `DynamoDB_20120810.${name}`, valid);
  const s3 = (method: string, path: string, valid: string): Valid => ({
    ...{ service: 'S3', signing: 's3', method, path },
    body: ({ text }) => nearlyText(valid, text),
  });
  const Item = { id: { S: 'a' }, n: { N: '1' } };
  const Key = { id: { S: 'a' } };
  const update = {
    UpdateExpression: 'SET #n = #n + :one',
    ConditionExpression: 'attribute_exists(id) AND #n < :ten',
    ExpressionAttributeNames: { '#n': 'n' },
    ExpressionAttributeValues: { ':one': { N: '1' }, ':ten': { N: '10' } },
  };
  const content = { Simple: { Subject: { Data: 'Hello' }, Body: { Text: { Data: 'Hello' } } } };
  return [
    sqs('SendMessage', { MessageBody: 'a', DelaySeconds: 0, MessageAttributes: {} }),
    sqs('SendMessageBatch', { Entries: [{ Id: 'a', MessageBody: 'a' }] }),
    sqs('ReceiveMessage', { MaxNumberOfMessages: 1, VisibilityTimeout: 1, WaitTimeSeconds: 0 }),
    sqs('DeleteMessageBatch', { Entries: [{ Id: 'a', ReceiptHandle: 'a' }] }),
    sqs('GetQueueAttributes', { AttributeNames: ['All'] }),
    secrets('GetSecretValue', { VersionStage: 'AWSCURRENT' }),
    secrets('PutSecretValue', { SecretString: 'v2' }),
    table('PutItem', { TableName, Item, ConditionExpression: 'attribute_not_exists(id)' }),
    table('GetItem', { TableName, Key, ConsistentRead: true }),
    table('UpdateItem', { TableName, Key, ...update, ReturnValues: 'ALL_NEW' }),
    table('Query', {
      TableName,
      KeyConditionExpression: 'id = :id',
      ExpressionAttributeValues: { ':id': { S: 'a' } },
      Limit: 2,
    }),
    table('BatchGetItem', { RequestItems: { [TableName]: { Keys: [Key], ConsistentRead: true } } }),
    table('BatchWriteItem', { RequestItems: { [TableName]: [{ PutRequest: { Item } }, { DeleteRequest: { Key } }] } }),
    table('TransactWriteItems', {
      TransactItems: [{ Put: { TableName, Item } }, { Update: { TableName, Key, ...update } }],
    }),
    {
      service: 'SESV2',
      signing: 'ses',
      path: '/v2/email/outbound-emails',
      headers: { 'content-type': 'application/json' },
      body: (made) =>
        nearly(
          { FromEmailAddress: 'a@a.example', Destination: { ToAddresses: ['b@b.example'] }, Content: content },
          made,
        ),
    },
    {
      service: 'SNS',
      signing: 'sns',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: ({ text }) =>
        nearlyText(
          String(new URLSearchParams({ Action: 'Publish', Version: '2010-03-31', TopicArn, Message: 'a' })),
          text,
        ),
    },
    s3('PUT', '/nearly/a', 'bytes'),
    s3('GET', '/nearly?list-type=2&max-keys=2&prefix=a', ''),
    s3('POST', '/nearly?delete=', '<Delete><Object><Key>a</Key></Object><Quiet>true</Quiet></Delete>'),
    s3('POST', '/nearly/b?uploads=', ''),
  ];
}

async function send(
  { service, signing, method = 'POST', path = '/', headers = {}, body }: Valid,
  made: Edits,
  patienceMs: number,
) {
  const address = new URL(path, await world.endpoint(service));
  // The address, too: its names and values, where it has some.
  if (address.search !== '') address.search = nearlyText(address.search, made.text);
  const content = method === 'GET' ? '' : body(made);
  const payload = hash('sha256', content);
  const unsigned = { ...headers, host: address.host, ...(service === 'S3' && { 'x-amz-content-sha256': payload }) };
  const request = { method, path: address.pathname, query: address.searchParams, headers: unsigned };
  const signed = Object.entries(sign(request, access, signing, payload, Date.now()));
  const response = await fetch(address, {
    method,
    headers: signed.map(([name, value]): [string, string] => [name, String(value)]),
    signal: AbortSignal.timeout(patienceMs),
    ...(method !== 'GET' && { body: content }),
  }).catch(() => undefined);
  return { status: response?.status, what: `${method} ${address} ${content}` };
}

test('what is valid is done, so what is nearly valid begins at something', async () => {
  const unedited: Edits = { tree: [], text: [] };
  for (const request of requests) {
    const { status, what } = await send(request, unedited, 30_000);
    // A condition, or a receipt handle, may not hold. A signature does.
    expect([200, 400], what).toContain(status);
  }
});

test('whatever is nearly a request to a service is answered, and never by a fault of the service', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), edits, async (which, made) => {
      const request = requests[which % requests.length];
      const { status = 200, what } = request ? await send(request, made, shortMs) : { what: '' };
      // 501 says that the local S3 has no such operation, and AWS's code for that is one of a server.
      expect(status === 501 || status < 500, `${status}: ${what}`).toBe(true);
    }),
    { numRuns: 300 * Number(process.env['RUNS'] ?? 1) },
  );
  const [first] = requests;
  if (first) expect((await send(first, { tree: [], text: [] }, 30_000)).status).toBe(200);
}, 3_600_000);
