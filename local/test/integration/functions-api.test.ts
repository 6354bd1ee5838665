import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { Figures } from '../../cloudwatch/figures.ts';
import { sendToQueue } from '../../functions/destination.ts';
import { surroundingsOf } from '../../functions/environment.ts';
import { LocalFunctions } from '../../functions/functions.ts';
import { lambdaApi } from '../../functions/lambda-api.ts';
import { functionHandlers } from '../../functions/resources.ts';
import { callService } from '../../services/call.ts';
import { type HttpService, serveHttp } from '../../services/http-service.ts';
import { handlers as queueHandlers, startService } from '../../services/index.ts';
import { type Properties, StackError } from '../../types.ts';
import { signedHeaders } from '../helpers/signed.ts';
import { type TestWorld, testWorld } from '../helpers/world.ts';

let codeDir: string;
let world: TestWorld;
let functions: LocalFunctions;
let api: HttpService;
let sendTo: (arn: string, body: string) => Promise<void>;

beforeEach(async () => {
  codeDir = fs.mkdtempSync(path.join(os.tmpdir(), 'code-'));
  world = testWorld({
    assembly: { assets: new Map([['code.zip', codeDir]]) },
    startService: async (name) => `http://localhost/${name}`,
  });
  functions = new LocalFunctions({
    figures: new Figures(),
    log: world.log,
    faults: world.faults,
    surroundings: (spec) => surroundingsOf(spec, ['S3'], 'http://127.0.0.1:9', world),
    deliver: (arn, record) => sendTo(arn, JSON.stringify(record)),
  });
  api = await serveHttp(lambdaApi(functions, world));
});

afterEach(async () => {
  await api.stop();
  await functions.stop();
  await world[Symbol.asyncDispose]();
  fs.rmSync(codeDir, { recursive: true });
});

/** Creates a resource as a template has it. */
async function create(type: string, properties: Properties, logicalId = 'Fn') {
  const handler = functionHandlers(functions).find(({ types }) => types.includes(type));
  return handler?.create({ stack: 'S', logicalId, type, properties }, world);
}

async function createFunction(code: string, properties: Properties = {}) {
  fs.writeFileSync(path.join(codeDir, 'index.mjs'), code);
  const Code = { S3Bucket: 'assets', S3Key: 'code.zip' };
  return create('AWS::Lambda::Function', { Code, Handler: 'index.handler', Runtime: 'nodejs24.x', ...properties });
}

async function post(target: string, body: string, type?: string) {
  const url = `${api.endpoint}/2015-03-31/functions/${encodeURIComponent(target)}/invocations`;
  const given = type === undefined ? {} : { 'x-amz-invocation-type': type };
  const response = await fetch(url, { method: 'POST', body, headers: signedHeaders(url, 'lambda', body, given) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text };
}

// AWS: "Invoke" (Lambda API reference).
describe('Invoke', () => {
  it('answers with the result, or with the error and a header that says so', async () => {
    await createFunction(
      `export const handler = async (event) => { if (event.bad) throw new Error('no'); return event; };`,
    );
    const good = await post('S-Fn', '{"a":1}');
    expect(good).toMatchObject({ status: 200, text: '{"a":1}' });
    expect(good.headers.has('x-amz-function-error')).toBe(false);
    const bad = await post('arn:aws:lambda:us-east-1:000000000000:function:S-Fn', '{"bad":1}');
    expect(bad.status).toBe(200);
    expect(bad.headers.get('x-amz-function-error')).toBe('Unhandled');
    expect(JSON.parse(bad.text)).toMatchObject({ errorType: 'Error', errorMessage: 'no' });
  });

  it('accepts an event without waiting, or nothing at all for a dry run', async () => {
    const marker = path.join(codeDir, 'marker');
    await createFunction(
      `import * as fs from 'node:fs'; export const handler = async ({ say }) => fs.writeFileSync(process.env.MARKER, say);`,
      { Environment: { Variables: { MARKER: marker } } },
    );
    expect(await post('S-Fn', '{"say":"dry"}', 'DryRun')).toMatchObject({ status: 204, text: '' });
    expect(await post('S-Fn', '{"say":"event"}', 'Event')).toMatchObject({ status: 202, text: '' });
    await expect.poll(() => fs.readFileSync(marker, 'utf8')).toBe('event');
  });

  it.each<[string, () => Promise<{ status: number; headers: Headers }>, number, string]>([
    ['no such function', () => post('nobody', '{}'), 404, 'ResourceNotFoundException'],
    ['no such function for an event', () => post('nobody', '{}', 'Event'), 404, 'ResourceNotFoundException'],
    ['a throttled function', () => post('S-Fn', '{}'), 429, 'TooManyRequestsException'],
    ['no JSON', () => post('S-Fn', '{'), 400, 'InvalidRequestContentException'],
    ['another call', () => fetch(`${api.endpoint}/2015-03-31/functions/S-Fn`), 501, 'NotImplemented'],
  ])('refuses %s', async (_, call, status, code) => {
    await createFunction('export const handler = async () => 1;', { ReservedConcurrentExecutions: 0 });
    const response = await call();
    expect(response.status).toBe(status);
    expect(response.headers.get('x-amzn-errortype')).toBe(code);
  });
});

// AWS: "Capturing records of Lambda asynchronous invocations".
it('an event that fails for good is found in the queue of its function', async () => {
  await using queues = testWorld({ startService });
  const type = 'AWS::SQS::Queue';
  const handler = queueHandlers.find(({ types }) => types.includes(type));
  const queue = await handler?.create({ stack: 'S', logicalId: 'Dead', type, properties: {} }, queues);
  await createFunction(`export const handler = async () => { throw new Error('never'); };`);
  sendTo = (arn, body) => sendToQueue(queues, arn, body);
  await create('AWS::Lambda::EventInvokeConfig', {
    FunctionName: 'S-Fn',
    Qualifier: '$LATEST',
    MaximumRetryAttempts: 0,
    DestinationConfig: { OnFailure: { Destination: queue?.attributes?.['Arn'] } },
  });
  await post('S-Fn', '{"a":1}', 'Event');
  await vi.waitFor(async () => {
    const received = await callService(queues, 'AmazonSQS.ReceiveMessage', { QueueUrl: queue?.ref });
    const { Messages } = z.object({ Messages: z.array(z.object({ Body: z.string() })) }).parse(received);
    expect(JSON.parse(Messages[0]?.Body ?? '')).toMatchObject({
      requestPayload: { a: 1 },
      responsePayload: { errorMessage: 'never' },
    });
  }, 20_000);
});

describe('a function of a template', () => {
  it('is known by its name or one made of its stack and id', async () => {
    const arn = 'arn:aws:lambda:us-east-1:000000000000:function:';
    expect(await createFunction('')).toEqual({ ref: 'S-Fn', attributes: { Arn: `${arn}S-Fn` } });
    expect(await createFunction('', { FunctionName: 'named' })).toEqual({
      ref: 'named',
      attributes: { Arn: `${arn}named` },
    });
  });

  // AWS: "Working with Lambda environment variables".
  it('finds its variables with local addresses, those of AWS, and where the services are', async () => {
    await createFunction('export const handler = async () => process.env;', {
      MemorySize: '256',
      Environment: { Variables: { API: 'https://abc.example/x', COUNT: 3 } },
    });
    world.serveAt('https://abc.example', 'http://localhost:1234');
    const { payload } = await functions.invoke('S-Fn', {});
    expect(payload).toMatchObject({
      API: 'http://localhost:1234/x',
      COUNT: '3',
      AWS_LAMBDA_FUNCTION_NAME: 'S-Fn',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: expect.any(String),
      LAMBDA_TASK_ROOT: codeDir,
      _HANDLER: 'index.handler',
      AWS_ENDPOINT_URL_S3: 'http://localhost/S3',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    });
    expect(payload).not.toHaveProperty('HOME');
  });

  it('may have its code in the template', async () => {
    const ZipFile = `exports.handler = async () => 'inline';`;
    await create('AWS::Lambda::Function', { Code: { ZipFile }, Handler: 'index.handler', Runtime: 'nodejs24.x' });
    expect((await functions.invoke('S-Fn', {})).payload).toBe('inline');
  });

  it('is reached through its versions and aliases', async () => {
    await createFunction('export const handler = async () => 1;');
    const version = await create('AWS::Lambda::Version', { FunctionName: 'S-Fn' });
    const alias = await create('AWS::Lambda::Alias', { FunctionName: 'S-Fn', FunctionVersion: '1', Name: 'live' });
    for (const made of [version, alias]) expect((await functions.invoke(made?.ref ?? '', {})).payload).toBe(1);
  });

  it.each<[string, Properties]>([
    ['an image', { Code: { ImageUri: 'x' } }],
    ['another runtime', { Runtime: 'python3.13' }],
    ['a property that nobody knows', { Surprise: 1 }],
  ])('is refused with %s', async (_, properties) => {
    await expect(createFunction('', properties)).rejects.toBeInstanceOf(StackError);
  });
});
