/** Our DynamoDB client, with the SDK's as its judge: the same call has the same request, the same answer and the same error. */

import { setDefaultCACertificates } from 'node:tls';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { AwsError } from '#adapters/aws/error.ts';
import { retries } from '#adapters/aws/retries.ts';
import { createClient, type DynamoDb } from '#adapters/dynamo/client.ts';
import { expression, name } from '#adapters/dynamo/expression.ts';
import { overSdk } from '#adapters/dynamo/sdk-client.ts';
import { createTable, transact } from '#adapters/dynamo/table.ts';
import { dynamoDbClient } from '#local/test/helpers/dynamodb.ts';
import { selfSigned } from '#test/helpers/certificate.ts';
import { startChatTables } from '#test/helpers/chat.ts';
import { dynamoDbAt } from '#test/helpers/dynamodb.ts';
import { type Answer, failure, json, scriptedService } from '#test/helpers/scripted-service.ts';

const slept: number[] = [];
vi.mock('node:timers/promises', async (load) => {
  const timers = await load<typeof import('node:timers/promises')>();
  const setTimeout = (ms: number) => {
    slept.push(ms);
    return timers.setTimeout(ms);
  };
  return { ...timers, setTimeout };
});

let service: Awaited<ReturnType<typeof scriptedService>>;
beforeAll(async () => {
  service = await scriptedService();
});
afterAll(() => service.stop());
// All waits before retries are a random part of something.
beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(0));
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const ours = (endpoint = service.endpoint) => dynamoDbAt(endpoint);
const theirs = (endpoint = service.endpoint) => overSdk(dynamoDbClient(endpoint, { maxAttempts: 4 }));

/** What became of a call: its result, or its error as callers see it. */
async function outcomeOf(run: () => Promise<unknown>): Promise<unknown> {
  try {
    return { result: await run() };
  } catch (error) {
    // Without an answer, the SDK throws what Node does.
    if (!(error instanceof AwsError) || error.name === 'NoAnswer') return { none: true };
    const { __type, message: _, ...answer } = JSON.parse(error.answer);
    return { name: error.name, message: error.message, status: error.status, answer };
  }
}

/** Each transaction has another token. */
const requests = () =>
  service.received.map(({ operation, body }) => {
    const { ClientRequestToken, ...sent } = JSON.parse(body);
    return { operation, ...sent };
  });

/** Runs something by both clients while the service answers by a script, and returns what both have sent and got. */
async function byBoth(script: readonly Answer[], run: (client: DynamoDb) => Promise<unknown>) {
  const sides = [];
  for (const client of [ours(), theirs()]) {
    service.play(...script);
    const outcome = await outcomeOf(() => run(client));
    sides.push({ outcome, requests: requests() });
  }
  return sides;
}

const text = fc.string({
  unit: fc.constantFrom('a', 'ß', '"', '\\', '\u2028', '😀', '\n'),
  minLength: 1,
  maxLength: 5,
});
const value = fc.oneof(text, fc.maxSafeInteger(), fc.boolean(), fc.uint8Array({ maxLength: 9 }), fc.constant(null));
const item = fc.dictionary(text, fc.oneof(value, fc.array(value), fc.dictionary(text, value)), { maxKeys: 3 });
const key = fc.record({ pk: text, sk: text });
const condition = fc.option(
  text.map((attribute) => ({ if: expression`attribute_exists(${name(attribute)})` })),
  { nil: {} },
);
const update = fc.tuple(text, value).map(([attribute, to]) => expression`SET ${name(attribute)} = ${to}`);

/** What `createTable` and `transact` do. */
const commands: fc.Arbitrary<(client: DynamoDb) => Promise<unknown>> = fc.oneof(
  fc.tuple(key, fc.boolean()).map(
    ([key, consistent]) =>
      (client: DynamoDb) =>
        createTable(client, 'Table').get(key, { consistent }),
  ),
  fc
    .uniqueArray(key, { minLength: 1, maxLength: 3, selector: ({ pk, sk }) => `${pk}\t${sk}` })
    .map((keys) => (client: DynamoDb) => createTable(client, 'Table').batchGet(keys)),
  fc.tuple(fc.array(item, { maxLength: 2 }), fc.array(key, { maxLength: 2 })).map(
    ([put, gone]) =>
      (client: DynamoDb) =>
        createTable(client, 'Table').batchWrite({ put, delete: gone }),
  ),
  fc.tuple(item, condition).map(
    ([item, condition]) =>
      (client: DynamoDb) =>
        createTable(client, 'Table').put(item, condition),
  ),
  fc.tuple(key, condition).map(
    ([key, condition]) =>
      (client: DynamoDb) =>
        createTable(client, 'Table').delete(key, condition),
  ),
  fc.tuple(key, update, condition).map(
    ([key, update, condition]) =>
      (client: DynamoDb) =>
        createTable(client, 'Table').update(key, update, condition),
  ),
  fc.tuple(text, fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }), fc.boolean(), key).map(
    ([pk, limit, descending, startAfter]) =>
      (client: DynamoDb) =>
        createTable(client, 'Table').query({
          where: expression`pk = ${pk}`,
          descending,
          startAfter,
          ...(limit !== undefined && { limit }),
        }),
  ),
  fc.tuple(item, key, update, condition).map(
    ([item, key, update, condition]) =>
      (client: DynamoDb) =>
        transact(client, [
          { table: 'Table', put: item, ...condition },
          { table: 'Table', delete: key },
          { table: 'Other', key, update, ...condition },
          { table: 'Table', check: key, if: expression`attribute_exists(pk)` },
        ]),
  ),
);

const stored = { pk: { S: 'ß' }, b: { B: 'AP8=' }, n: { N: '12345678901234567890' }, l: { L: [{ NULL: true }] } };
const answers: fc.Arbitrary<Answer> = fc.constantFrom(
  json({}),
  json({ Item: stored, Attributes: stored, Items: [stored], LastEvaluatedKey: { pk: { S: 'a' } } }),
  json({ Responses: { Table: [stored, stored] } }),
  failure('ConditionalCheckFailedException', 400, { Item: stored }),
  failure('ConditionalCheckFailedException'),
  failure('TransactionCanceledException', 400, {
    CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed', Item: stored }],
  }),
  failure('TransactionCanceledException', 400, { CancellationReasons: [{ Code: 'ValidationError' }] }),
  failure('ValidationException'),
  failure('ResourceNotFoundException'),
  failure('AccessDeniedException'),
  failure('ItemCollectionSizeLimitExceededException'),
  failure('SomethingNewException', 413),
);

test('any command has the request, the result and the error that it has by the SDK', async () => {
  await fc.assert(
    fc.asyncProperty(commands, answers, async (run, answer) => {
      const [ours, theirs] = await byBoth([answer], run);
      expect(ours).toEqual(theirs);
    }),
    { numRuns: 300 },
  );
});

const put = (client: DynamoDb) => createTable(client, 'Table').put({ pk: 'a' });
const cut: Answer = (response) => void response.destroy();
const cutInBody: Answer = (response) =>
  void response.writeHead(200, { 'content-length': '100' }).write('{', () => response.destroy());
const cutInHead: Answer = (response) =>
  void response.socket?.write('HTTP/1.1 200 OK\r\nconte', () => response.destroy());
const page: Answer = (response) => void response.writeHead(503).end('<html>');
const done = json({});

describe('what passes is tried again as often as by the SDK', () => {
  test.each<[string, Answer[], number]>([
    ['a connection that is cut before the answer', [cut, cut, cut, done], 4],
    ['one that is cut in the head', [cutInHead, done], 2],
    ['one that is cut in the body', [cutInBody, done], 2],
    ['one that is always cut', [cut], 4],
    ['a throttle', [failure('ProvisionedThroughputExceededException'), failure('ThrottlingException'), done], 3],
    ['one that lasts', [failure('RequestLimitExceeded')], 4],
    ['a fault of the service', [failure('InternalServerError', 500), page, done], 3],
    ['one that lasts', [failure('InternalServerError', 500)], 4],
    ['a transaction that is in progress', [failure('TransactionInProgressException'), done], 2],
    ['an expired token', [failure('ExpiredTokenException')], 1],
    ['a fault of the caller', [failure('ValidationException')], 1],
    ['a status nobody knows', [failure('Odd', 501)], 1],
  ])('%s', async (_, script, tries) => {
    const [ours, theirs] = await byBoth(script, put);
    expect(ours).toEqual(theirs);
    expect(ours?.requests.length).toBe(tries);
  });

  test('until the budget for retries is used up, which successes fill again', async () => {
    const sides = [];
    for (const client of [ours(), theirs()]) {
      const tries: number[] = [];
      const call = async (...script: Answer[]) => {
        service.play(...script);
        await outcomeOf(() => put(client));
        tries.push(service.received.length);
      };
      const fault = failure('InternalServerError', 500);
      for (let i = 0; i < 15; i++) await call(fault);
      for (let i = 0; i < 20; i++) await call(done);
      for (let i = 0; i < 3; i++) await call(fault);
      await call(failure('ThrottlingException'), done);
      for (let i = 0; i < 4; i++) await call(failure('ThrottlingException'));
      sides.push(tries);
    }
    expect(sides[0]).toEqual(sides[1]);
    expect(sides[0]?.slice(10, 15)).toEqual([4, 3, 1, 1, 1]);
  });
});

test('the waits between tries double, and are longer after throttles', async () => {
  vi.mocked(Math.random).mockReturnValue(0.02);
  slept.length = 0;
  service.play(
    failure('ThrottlingException'),
    failure('ThrottlingException'),
    failure('InternalServerError', 500),
    done,
  );
  await put(ours());
  expect(slept).toEqual([20, 40, 2]);
});

test('an answer that was changed on its way is not taken', async () => {
  const body = JSON.stringify({ Item: stored });
  const summed = (sum: number): Answer => json({ Item: stored }, 200, { 'x-amz-crc32': String(sum) });
  service.play(summed(1), summed(crc32(body)));
  expect(await ours().call('GetItem', { TableName: 'Table', Key: {} })).toEqual({ Item: stored });
  expect(service.received.length).toBe(2);
  service.play(summed(1));
  expect(await outcomeOf(() => ours().call('GetItem', { TableName: 'Table', Key: {} }))).toEqual({ none: true });
});

test('a try that gets no answer in 5 seconds is given up', async () => {
  const real = globalThis.setTimeout;
  vi.spyOn(globalThis, 'setTimeout').mockImplementation((run, ms, ...more) =>
    real(run, ms === 5_000 ? 30 : ms, ...more),
  );
  service.play(() => {}, done);
  expect(await outcomeOf(() => put(ours()))).toEqual({ result: { done: true, item: { pk: 'a' } } });
  expect(service.received.length).toBe(2);
});

test('a write that was done before its answer got lost is done once, or refused as by the SDK', async () => {
  const database = await startChatTables();
  try {
    const results = [];
    for (const [id, via] of [
      ['ours', ours()],
      ['theirs', theirs()],
    ] as const) {
      const table = createTable(via, 'Messages');
      const forward: Answer = async (response, { operation, body }) => {
        await database.client.call(operation === 'PutItem' ? 'PutItem' : 'TransactWriteItems', JSON.parse(body));
        response.destroy();
      };
      const through: Answer = async (response, request) => {
        const { operation, body } = request;
        try {
          const known = operation === 'PutItem' ? 'PutItem' : 'TransactWriteItems';
          json(await database.client.call(known, JSON.parse(body)))(response, request);
        } catch (error) {
          if (error instanceof AwsError)
            json({ ...JSON.parse(error.answer), __type: error.name }, 400)(response, request);
        }
      };
      service.play(forward, through);
      const item = { pk: id, sk: 'once' };
      const written = await table.put(item, { if: expression`attribute_not_exists(pk)` });
      service.play(forward, through);
      const update = expression`ADD n ${1}`;
      const counted = await transact(via, [{ table: 'Messages', key: { pk: id, sk: 'count' }, update }]);
      const { n } = (await createTable(database.client, 'Messages').get({ pk: id, sk: 'count' })) ?? {};
      results.push({ done: written.done, counted, n });
    }
    expect(results[0]).toEqual(results[1]);
    expect(results[0]).toEqual({ done: false, counted: { done: true }, n: 1 });
  } finally {
    await database.stop();
  }
});

test.each([7, -7])('a clock that is off by %i minutes is corrected by the service’s, once', async (minutes) => {
  const signedAt = (date: unknown) => Date.parse(String(date).replace(/(....)(..)(..T..)(..)(..Z)/, '$1-$2-$3:$4:$5'));
  const strict: Answer = (response, { headers, ...received }) => {
    const now = Date.now() + minutes * 60_000;
    const fresh = Math.abs(signedAt(headers['x-amz-date']) - now) < 5 * 60_000;
    const date = { date: new Date(now).toUTCString() };
    const refusal = {
      __type: 'com.amazon.coral.service#InvalidSignatureException',
      message: 'Signature not yet current',
    };
    (fresh ? json({}, 200, date) : json(refusal, 400, date))(response, { headers, ...received });
  };
  const counts = [];
  for (const client of [ours(), theirs()]) {
    service.play(strict);
    for (let i = 0; i < 3; i++) await put(client);
    counts.push(service.received.length);
  }
  expect(counts).toEqual([4, 4]);
});

test('credentials, region and address are those of the environment, and a rotated key signs the next call', async () => {
  const use = (key: string, token?: string) =>
    vi.stubEnv('AWS_ACCESS_KEY_ID', key).stubEnv('AWS_SECRET_ACCESS_KEY', 's').stubEnv('AWS_SESSION_TOKEN', token);
  vi.stubEnv('AWS_REGION', 'eu-west-1').stubEnv('AWS_ENDPOINT_URL_DYNAMODB', `${service.endpoint}/path`);
  const client = createClient();
  service.play(done);
  use('OLD');
  await put(client);
  use('NEW', 'token');
  await put(client);
  const [first, second] = service.received.map(({ headers }) => headers);
  expect(first?.authorization).toMatch(/Credential=OLD\/\d+\/eu-west-1\/dynamodb\/aws4_request/);
  expect(second?.authorization).toContain('Credential=NEW/');
  expect([first?.['x-amz-security-token'], second?.['x-amz-security-token']]).toEqual([undefined, 'token']);
});

test('over TLS the certificate is checked', async () => {
  const certificate = selfSigned();
  const secure = await scriptedService(certificate);
  try {
    secure.play(done);
    expect(await outcomeOf(() => put(ours(secure.endpoint)))).toEqual({ none: true });
    setDefaultCACertificates([certificate.cert]);
    expect(await outcomeOf(() => put(ours(secure.endpoint)))).toEqual({ result: { done: true, item: { pk: 'a' } } });
    expect(secure.received.length).toBe(1);
  } finally {
    await secure.stop();
  }
});

test('each repetition is published, so that the function can count it', async () => {
  const seen = vi.fn();
  retries.subscribe(seen);
  service.play(failure('ThrottlingException'), cut, failure('TransactionConflictException'), done);
  await put(ours());
  retries.unsubscribe(seen);
  expect(seen).toHaveBeenCalledTimes(3);
});
