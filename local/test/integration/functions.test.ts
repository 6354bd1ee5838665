import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { Figures } from '../../cloudwatch/figures.ts';
import { FaultTable } from '../../faults/table.ts';
import { LocalFunctions } from '../../functions/functions.ts';
import { tables } from '../../services/dynamodb/tables.ts';
import { startService } from '../../services/index.ts';
import type { FunctionSpec, World } from '../../types.ts';
import { dynamoDbClient } from '../helpers/dynamodb.ts';
import { createResource } from '../helpers/resources.ts';
import { credentials, testWorld } from '../helpers/world.ts';

const TOO_LONG = 6 * 1024 * 1024 + 200;

let folder: string;
let functions: LocalFunctions;
let faults: FaultTable;
const lines: string[] = [];
const warnings: string[] = [];
const queued: { arn: string; record: unknown }[] = [];

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'functions-'));
  lines.length = 0;
  warnings.length = 0;
  queued.length = 0;
  faults = new FaultTable();
  functions = new LocalFunctions({
    figures: new Figures(),
    log: { info: () => {}, warn: (line) => warnings.push(line), debug: (line) => lines.push(line) },
    faults,
    retryDelays: [1, 1],
    surroundings: async (spec) => ({ variables: { ...spec.environment }, assemblyDir: folder, frontPort: 9 }),
    deliver: async (arn, record) =>
      arn.includes(':lambda:') ? functions.invokeAsync(arn, record) : void queued.push({ arn, record }),
  });
});

afterEach(async () => {
  vi.useRealTimers();
  await functions.stop();
  fs.rmSync(folder, { recursive: true });
});

/** Defines a function whose module is `code`. */
function define(
  code: string,
  { file = 'index.mjs', ...overrides }: Partial<FunctionSpec> & { file?: string } = {},
): string {
  const name = overrides.name ?? `fn${fs.readdirSync(folder).length}`;
  const codeDir = path.join(folder, name);
  fs.mkdirSync(codeDir);
  fs.writeFileSync(path.join(codeDir, file), code);
  functions.define({
    name,
    arn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
    codeDir,
    handler: 'index.handler',
    runtime: 'nodejs24.x',
    environment: {},
    timeoutMs: 10_000,
    memoryMiB: 128,
    ...overrides,
  });
  return name;
}

const payloadOf = async (name: string, event: unknown = {}) => (await functions.invoke(name, event)).payload;

describe('an event and its result', () => {
  it('go through JSON both ways', async () => {
    const name = define('export const handler = async (event) => ({ ...event, gone: undefined, at: new Date(0) });');
    expect(await payloadOf(name, { a: 1, lost: undefined, when: new Date(0) })).toEqual({
      a: 1,
      when: '1970-01-01T00:00:00.000Z',
      at: '1970-01-01T00:00:00.000Z',
    });
  });

  it('are null when the function returns nothing', async () => {
    expect(await payloadOf(define('export const handler = async () => {};'))).toBeNull();
  });

  it('reach a function by name, ARN, and ARN with a version', async () => {
    const name = define('export const handler = async () => 1;');
    const arn = `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
    for (const target of [name, arn, `${arn}:$LATEST`]) expect(await payloadOf(target)).toBe(1);
  });

  // AWS: "Lambda quotas": 6 MB each for request and response of a synchronous invocation.
  it('may have 6 MB, no more', async () => {
    const name = define(`export const handler = async (n) => 'x'.repeat(n);`);
    expect(await payloadOf(name, TOO_LONG)).toMatchObject({ errorType: 'Function.ResponseSizeTooLarge' });
    expect(await payloadOf(name, 6_000_000)).toHaveLength(6_000_000);
    const code = 'RequestTooLargeException';
    await expect(functions.invoke(name, 'x'.repeat(TOO_LONG))).rejects.toMatchObject({ code });
  });
});

describe('a handler', () => {
  // AWS: "Define Lambda function handler in Node.js".
  it('of an older runtime may answer through a callback, of Node.js 24 it may not', async () => {
    const code = `exports.handler = (event, context, callback) => { setTimeout(() => callback(null, 'called'), 1); };`;
    const options = { file: 'index.js' };
    expect(await payloadOf(define(code, { ...options, runtime: 'nodejs22.x' }))).toBe('called');
    expect(await payloadOf(define(code, { ...options, runtime: 'nodejs24.x' }))).toMatchObject({
      errorType: 'Runtime.CallbackHandlerDeprecated',
    });
  });

  it('in a file without a package.json is CommonJS, whatever is above the assembly', async () => {
    fs.writeFileSync(path.join(folder, 'package.json'), '{"type": "module"}');
    const name = define(`const { sep } = require('./other'); exports.handler = async () => sep;`, { file: 'index.js' });
    fs.writeFileSync(path.join(folder, name, 'other.js'), `exports.sep = require('node:path').sep;`);
    expect(await payloadOf(name)).toBe(path.sep);
  });

  it('may lie in a folder and be nested in an export', async () => {
    const name = define('', { handler: 'lib/main.api.get' });
    fs.mkdirSync(path.join(folder, name, 'lib'));
    fs.writeFileSync(path.join(folder, name, 'lib/main.mjs'), 'export const api = { get: async () => "got" };');
    expect(await payloadOf(name)).toBe('got');
  });

  it.each([
    ['is missing', 'export const other = 1;', 'Runtime.HandlerNotFound'],
    ['has a syntax error', 'export const handler = ;', 'Runtime.UserCodeSyntaxError'],
    ['imports what is not there', `import 'nowhere'; export const handler = 1;`, 'Runtime.ImportModuleError'],
    ['throws while loading', `throw new RangeError('early');`, 'RangeError'],
  ])('that %s is an error of the function', async (_, code, errorType) => {
    const invocation = await functions.invoke(define(code), {});
    expect(invocation).toMatchObject({ functionError: 'Unhandled', payload: { errorType } });
  });

  it('finds the AWS SDK, as it does on Lambda, wherever its code lies', async () => {
    const name = define(
      `import { DynamoDBClient } from '@aws-sdk/client-dynamodb'; export const handler = async () => DynamoDBClient.name;`,
    );
    expect(await payloadOf(name)).toBe('DynamoDBClient');
  });

  it('is told the package and the command where the SDK is not installed', async () => {
    const name = define(`import '@aws-sdk/client-nothing'; export const handler = async () => 1;`);
    expect(await payloadOf(name)).toMatchObject({
      errorType: 'Runtime.ImportModuleError',
      errorMessage: expect.stringContaining('npm install --save-dev @aws-sdk/client-nothing'),
    });
  });

  it.each([
    ['imports', 'index.mjs', `import { taste } from 'sugar'; export const handler = async () => taste;`],
    ['requires', 'index.js', `const { taste } = require('sugar'); exports.handler = async () => taste;`],
  ])('that %s a package finds it in its layers, and not above the assembly, as on Lambda', async (_, file, code) => {
    const sugar = (at: string, taste: string) => {
      fs.mkdirSync(path.join(folder, at, 'node_modules/sugar'), { recursive: true });
      fs.writeFileSync(path.join(folder, at, 'node_modules/sugar/index.js'), `exports.taste = '${taste}';`);
    };
    sugar('.', 'of the project');
    const alone = define(code, { file, name: 'alone' });
    expect(await payloadOf(alone)).toMatchObject({
      errorType: 'Runtime.ImportModuleError',
      errorMessage: expect.stringContaining(`Cannot find module 'sugar'`),
    });
    sugar('layer/nodejs', 'of the layer');
    const layerDirs = [path.join(folder, 'layer')];
    expect(await payloadOf(define(code, { file, name: 'layered', layerDirs }))).toBe('of the layer');
    sugar('bundled', 'of the bundle');
    fs.renameSync(path.join(folder, 'bundled'), path.join(folder, 'kept'));
    const bundled = define(code, { file, name: 'bundled', layerDirs });
    fs.renameSync(path.join(folder, 'kept/node_modules'), path.join(folder, 'bundled/node_modules'));
    expect(await payloadOf(bundled)).toBe('of the bundle');
  });
});

describe('a failing function', () => {
  it('is described by type, message and trace, and its environment lives on', async () => {
    const name = define(`let n = 0; export const handler = async () => { throw new TypeError('bad ' + ++n); };`);
    await functions.invoke(name, {});
    const { functionError, payload } = await functions.invoke(name, {});
    expect(functionError).toBe('Unhandled');
    expect(payload).toMatchObject({ errorType: 'TypeError', errorMessage: 'bad 2' });
    expect(payload).toHaveProperty('trace.0', 'TypeError: bad 2');
    expect(warnings[1]).toMatch(/TypeError: bad 2\n +at .*index\.mjs/);
  });

  // AWS: "Configure Lambda function timeout".
  it('is ended at its timeout, also when it blocks its thread', async () => {
    const name = define(
      'export const handler = async (event) => { if (event.hang) for (;;); if (event.wait) await new Promise(() => {}); return "ok"; };',
      { timeoutMs: 1000 },
    );
    for (const event of [{ hang: true }, { wait: true }]) {
      const { requestId, functionError, payload } = await functions.invoke(name, event);
      const errorMessage = `RequestId: ${requestId} Error: Task timed out after 1.00 seconds`;
      expect({ functionError, payload }).toEqual({
        functionError: 'Unhandled',
        payload: { errorType: 'Sandbox.Timedout', errorMessage },
      });
    }
    expect(await payloadOf(name)).toBe('ok');
  });

  it.each([
    ['exits', 'process.exit(3)', 'Runtime.ExitError'],
    ['throws outside of its promise', `setTimeout(() => { throw new RangeError('late'); })`, 'RangeError'],
    ['leaves a rejection unhandled', `Promise.reject(new Error('lost'))`, 'Runtime.UnhandledPromiseRejection'],
    [
      'uses more memory than it has',
      `const all = []; for (;;) all.push(new Array(1e5).fill(1.5))`,
      'Runtime.ExitError',
    ],
  ])(
    'that %s takes its environment with it, and the next event gets a new one',
    async (_, code, errorType) => {
      const name = define(
        `let n = 0; export const handler = async (event) => { if (!event.crash) return ++n; ${code}; await new Promise(() => {}); };`,
        { timeoutMs: 30_000, memoryMiB: 64 },
      );
      expect(await payloadOf(name)).toBe(1);
      const { functionError, payload } = await functions.invoke(name, { crash: true });
      expect(functionError).toBe('Unhandled');
      expect(payload).toMatchObject({ errorType });
      expect(await payloadOf(name)).toBe(1);
    },
    60_000,
  );

  it('whose environment dies of an error says which', async () => {
    const name = define(
      'const all = []; export const handler = () => { for (;;) all.push(new Array(1e5).fill(1.5)); };',
      {
        timeoutMs: 30_000,
        memoryMiB: 64,
      },
    );
    await functions.invoke(name, {});
    expect(lines.join()).toContain(`${name}: Error [ERR_WORKER_OUT_OF_MEMORY]`);
  }, 60_000);

  it('gets no event any more once the stack stops, and the one that waits fails', async () => {
    const name = define('export const handler = () => new Promise(() => {});');
    const waiting = functions.invoke(name, {});
    await functions.stop();
    const stopping = { payload: { errorType: 'Runtime.ExitError' } };
    expect(await waiting).toMatchObject(stopping);
    expect(await functions.invoke(name, {})).toMatchObject(stopping);
  });

  it('may be made slow on purpose, one or all', async () => {
    const [one, other] = [
      define('export const handler = async () => 1;'),
      define('export const handler = async () => 2;'),
    ];
    await Promise.all([functions.invoke(one, {}), functions.invoke(other, {})]);
    faults.add({ target: one, kind: 'delay', ms: 500 });
    expect(await Promise.race([payloadOf(one), payloadOf(other)])).toBe(2);
    faults.clear();
    faults.add({ target: `${other}*`, kind: 'delay', ms: 500 });
    expect(await Promise.race([payloadOf(other), payloadOf(one)])).toBe(1);
  });

  it('fails the event that runs when its workers are killed', async () => {
    const name = define(
      'export const handler = async (event) => { if (event.stay) await new Promise(() => {}); return "ok"; };',
    );
    await functions.invoke(name, {});
    const running = functions.invoke(name, { stay: true });
    await functions.kill(name);
    expect((await running).payload).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect(await payloadOf(name)).toBe('ok');
  });
});

describe('an environment that is made to fail', () => {
  const code = `
    let handled = 0;
    export const handler = async ({ ms = 0 }) => {
      handled++;
      await new Promise((resolve) => setTimeout(resolve, ms));
      return { handled, now: Date.now() };
    };`;

  it('dies while it handles an event', async () => {
    const name = define(code);
    faults.add({ target: name, kind: 'crash', when: 'running', ms: 10 });
    expect(await payloadOf(name, { ms: 60_000 })).toMatchObject({ errorType: 'Runtime.ExitError' });
    faults.clear();
    expect(await payloadOf(name)).toMatchObject({ handled: 1 });
  });

  it('dies when the function has returned, so nobody hears of it', async () => {
    const ran = path.join(folder, 'ran');
    const name = define(`import * as fs from 'node:fs';
      export const handler = async () => { fs.appendFileSync(${JSON.stringify(ran)}, 'x'); return 'done'; };`);
    faults.add({ target: name, kind: 'crash', when: 'returned' });
    expect(await payloadOf(name)).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect(fs.readFileSync(ran, 'utf8')).toBe('x');
    faults.clear();
    expect(await payloadOf(name)).toBe('done');
  });

  it('loses what it had in memory when it is replaced', async () => {
    const name = define(code);
    await payloadOf(name);
    expect(await payloadOf(name)).toMatchObject({ handled: 2 });
    faults.add({ target: '*', kind: 'renew' });
    expect(await payloadOf(name)).toMatchObject({ handled: 1 });
  });

  it.each([-600_000, 600_000])('has a clock that is off by %i ms, for as long as it lives', async (ms) => {
    const name = define(code);
    faults.add({ target: name, kind: 'clock', ms });
    const off = Object(await payloadOf(name)).now - Date.now();
    expect(Math.abs(off - ms)).toBeLessThan(60_000);
    faults.clear();
    faults.add({ target: name, kind: 'renew' });
    expect(Math.abs(Object(await payloadOf(name)).now - Date.now())).toBeLessThan(60_000);
  });

  it('dies after its first write to DynamoDB was done, before it knows', async () => {
    const withDoomed = (world: World): World => ({
      ...world,
      functions: { ...world.functions, doomed: (port) => functions.doomed(port) },
    });
    await using world = testWorld({ startService: (service, its) => startService(service, withDoomed(its)) });
    await createResource(tables, world, 'AWS::DynamoDB::Table', {
      TableName: 'parcels',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    });
    const endpoint = await world.endpoint('DYNAMODB');
    const name = define(
      `import { DynamoDB } from '@aws-sdk/client-dynamodb';
      const client = new DynamoDB();
      const TableName = 'parcels';
      export const handler = async () => {
        await client.getItem({ TableName, Key: { id: { S: 'a' } } });
        for (const S of ['a', 'b']) await client.putItem({ TableName, Item: { id: { S } } });
        return 'done';
      };`,
      {
        environment: {
          AWS_ENDPOINT_URL_DYNAMODB: endpoint,
          AWS_REGION: 'us-east-1',
          AWS_ACCESS_KEY_ID: credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        },
      },
    );
    const client = dynamoDbClient(endpoint);
    const has = async (id: string) =>
      (await client.send(new GetItemCommand({ TableName: 'parcels', Key: { id: { S: id } } }))).Item !== undefined;
    faults.add({ target: name, kind: 'crash', when: 'written' });
    expect(await payloadOf(name)).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect([await has('a'), await has('b')]).toEqual([true, false]);
    faults.clear();
    expect(await payloadOf(name)).toBe('done');
    client.destroy();
  });
});

describe('an execution environment', () => {
  it('handles one event at a time and is used again', async () => {
    const name = define(`
      let running = 0, most = 0, handled = 0;
      export const handler = async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 5));
        running -= 1;
        return { most, handled: ++handled };
      };`);
    const results = await Promise.all(Array.from({ length: 30 }, () => payloadOf(name)));
    const seen = results.map((result) => z.object({ most: z.number(), handled: z.number() }).parse(result));
    expect(seen.map(({ most }) => most)).toEqual(new Array(30).fill(1));
    expect(Math.max(...seen.map(({ handled }) => handled))).toBeGreaterThan(1);
  });

  it('ends when the code changes, after its event; events from then on run the new code', async () => {
    const code = (word: string) =>
      `export const handler = (ms) => new Promise((resolve) => setTimeout(resolve, ms, '${word}'));`;
    const name = define(code('old'));
    expect(await payloadOf(name, 0)).toBe('old');
    const running = payloadOf(name, 300);
    fs.writeFileSync(path.join(folder, name, 'index.mjs'), code('new'));
    functions.renew(name);
    expect(await payloadOf(name, 0)).toBe('new');
    expect(await running).toBe('old');
    expect(await Promise.all([payloadOf(name, 0), payloadOf(name, 50)])).toEqual(['new', 'new']);
  });

  it('is joined by others while events wait', async () => {
    const name = define(`
      import { threadId } from 'node:worker_threads';
      export const handler = () => new Promise((resolve) => setTimeout(resolve, 300, threadId));`);
    const threads = await Promise.all([1, 2, 3].map(() => payloadOf(name)));
    expect(new Set(threads).size).toBeGreaterThan(1);
  });

  it('is joined by three others at most while they get on, and by more when all of them are stuck', async () => {
    const name = define(
      `
      import { threadId } from 'node:worker_threads';
      export const handler = (ms) => new Promise((resolve) => setTimeout(resolve, ms, threadId));`,
      { timeoutMs: 60_000 },
    );
    const quick = await Promise.all(Array.from({ length: 40 }, () => payloadOf(name, 50)));
    expect(new Set(quick).size).toBeLessThanOrEqual(4);
    const slow = Array.from({ length: 4 }, () => payloadOf(name, 50_000));
    expect(new Set(quick)).not.toContain(await payloadOf(name, 0));
    await functions.kill(name);
    await Promise.all(slow);
  });

  it('is let go when it idles, the last one later than others', async () => {
    // Those who meet wait until so many others are there, each in an environment of its own.
    const name = define(`
      import { mkdirSync, readdirSync } from 'node:fs';
      import { threadId } from 'node:worker_threads';
      export const handler = async ({ place, of }) => {
        mkdirSync(\`\${place}/\${threadId}\`, { recursive: true });
        while (readdirSync(place).length < of) await new Promise((resolve) => setTimeout(resolve, 5));
      };`);
    const meet = (place: string, of: number) =>
      Promise.all(
        Array.from({ length: of }, () => functions.invoke(name, { place: path.join(folder, name, place), of })),
      );
    const coldStarts = () => lines.filter((line) => line.includes('(cold start)')).length;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      await meet('a', 2);
      expect(coldStarts()).toBe(2);
      vi.advanceTimersByTime(60_000);
      await meet('b', 1);
      expect(coldStarts()).toBe(2);
      await meet('c', 2);
      expect(coldStarts()).toBe(3);
      vi.advanceTimersByTime(60_000);
      vi.advanceTimersByTime(300_000);
      await meet('d', 1);
      expect(coldStarts()).toBe(4);
    } finally {
      vi.useRealTimers();
    }
  });

  it('shares no variables with others or with the stack', async () => {
    const code = `
      const before = { ...process.env };
      process.env.SHARED = process.env.NAME;
      export const handler = async () => before;`;
    const a = define(code, { environment: { NAME: 'a' } });
    const b = define(code, { environment: { NAME: 'b' } });
    expect(await payloadOf(a)).toEqual({ NAME: 'a' });
    expect(await payloadOf(b)).toEqual({ NAME: 'b' });
    expect(process.env['SHARED']).toBeUndefined();
  });

  it('knows the function and how much time is left', async () => {
    const name = define(
      'export const handler = async (_, context) => ({ ...context, left: context.getRemainingTimeInMillis(), trace: process.env._X_AMZN_TRACE_ID });',
      { timeoutMs: 5000 },
    );
    const { requestId, payload } = await functions.invoke(name, {});
    expect(payload).toMatchObject({
      awsRequestId: requestId,
      functionName: name,
      invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
      memoryLimitInMB: '128',
      trace: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/),
    });
    const { left } = z.object({ left: z.number() }).parse(payload);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(5000);
  });

  it('logs lines as Lambda does, and one for each event, the first marked as a cold start', async () => {
    const name = define(`export const handler = async () => { console.warn('took %d', 7); };`);
    const { requestId } = await functions.invoke(name, {});
    await functions.invoke(name, {});
    await expect.poll(() => lines.filter((line) => line.includes('took 7'))).toHaveLength(2);
    expect(lines.find((line) => line.includes('took 7'))).toMatch(
      new RegExp(`^${name}: \\S+Z\t${requestId}\tWARN\ttook 7$`),
    );
    const outcomes = lines.filter((line) => line.startsWith('✓'));
    expect(outcomes.map((line) => line.includes('(cold start)'))).toEqual([true, false]);
  });
});

describe('throttling', () => {
  // AWS: "Configuring reserved concurrency for a function".
  it('refuses events beyond the reserved concurrency', async () => {
    const name = define('export const handler = () => new Promise((resolve) => setTimeout(resolve, 100));', {
      reservedConcurrency: 2,
    });
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => functions.invoke(name, {})));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(outcomes[2]).toMatchObject({ reason: { code: 'TooManyRequestsException' } });
    await functions.invoke(name, {});
  });

  it('refuses an event that has waited for ten seconds when a worker becomes free, and takes a later one', async () => {
    const done = path.join(folder, 'done');
    const name = define(`
      import { existsSync } from 'node:fs';
      export async function handler({ began }) {
        if (began) console.log('began');
        while (began && !existsSync(${JSON.stringify(done)})) await new Promise((resolve) => setTimeout(resolve, 5));
      }`);
    // So many workers are started at once. The next one would be started a second later.
    const first = Array.from({ length: 4 }, () => functions.invoke(name, { began: true }));
    await vi.waitFor(() => expect(lines.filter((line) => line.endsWith('began'))).toHaveLength(4), 20_000);
    const early = functions.invoke(name, {});
    vi.setSystemTime(Date.now() + 10_001);
    const late = functions.invoke(name, {});
    fs.writeFileSync(done, '');
    await expect(early).rejects.toMatchObject({ code: 'TooManyRequestsException' });
    await Promise.all([...first, late]);
  });

  it('refuses what is sent to no function', async () => {
    await expect(functions.invoke('nobody', {})).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
    await expect(functions.invokeAsync('nobody', {})).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  });
});

// AWS: "How Lambda handles errors and retries with asynchronous invocation", "Capturing records of Lambda asynchronous invocations".
describe('an asynchronous event', () => {
  const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:dead';
  const FAILING = `let n = 0; export const handler = async () => { throw new Error('attempt ' + ++n); };`;

  it('is tried three times, then sent to the destination for failures', async () => {
    const name = define(FAILING);
    functions.configureAsync(name, { onFailure: QUEUE });
    await functions.invokeAsync(name, { a: 1 });
    await expect.poll(() => queued).toHaveLength(1);
    expect(queued[0]).toMatchObject({
      arn: QUEUE,
      record: {
        requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
        requestPayload: { a: 1 },
        responseContext: { functionError: 'Unhandled' },
        responsePayload: { errorMessage: 'attempt 3' },
      },
    });
  });

  it('is tried only as often as configured', async () => {
    const name = define(FAILING);
    functions.configureAsync(name, { onFailure: QUEUE, maximumRetryAttempts: 0 });
    await functions.invokeAsync(name, {});
    await expect.poll(() => queued).toHaveLength(1);
    expect(queued[0]).toMatchObject({ record: { responsePayload: { errorMessage: 'attempt 1' } } });
  });

  it('that succeeds goes to the destination for success, here a function', async () => {
    const name = define(`export const handler = async (n) => n + 1;`);
    const next = define(`export const handler = async (record) => { console.log('got', record.responsePayload); };`);
    functions.configureAsync(name, {
      onFailure: QUEUE,
      onSuccess: `arn:aws:lambda:us-east-1:000000000000:function:${next}`,
    });
    await functions.invokeAsync(name, 1);
    await expect.poll(() => lines.some((line) => line.endsWith('got 2'))).toBe(true);
    expect(queued).toEqual([]);
  });
});
