import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunningStack } from '../../stack.ts';
import { keepSynthesized, synthesize as synth } from '../../synth.ts';
import { NeedsRestart } from '../../types.ts';
import { startWatchedStack } from '../../watch-assembly.ts';
import { functionResource, tableResource, writeAssembly } from '../helpers/assembly.ts';
import { startTestStack, type TestStack } from '../helpers/stack.ts';
import { TestSocket } from '../helpers/websocket-client.ts';

/** Keeps what it is told in a table, and answers with all that is there, after a word of its own. */
const keeper = (word: string) => `
  import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
  const client = new DynamoDBClient();
  const TableName = process.env.TABLE;
  export const handler = async ({ body, requestContext }) => {
    if (requestContext.routeKey !== '$default') return { statusCode: 200 };
    await client.send(new PutItemCommand({ TableName, Item: { id: { S: body } } }));
    const { Items } = await client.send(new ScanCommand({ TableName }));
    return { statusCode: 200, body: '${word}: ' + Items.map(({ id }) => id.S).sort() };
  };`;

const integrationUri = (logicalId: string) => ({
  'Fn::Join': [
    '',
    [
      'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/',
      { 'Fn::GetAtt': [logicalId, 'Arn'] },
      '/invocations',
    ],
  ],
});

const Resources = {
  Table: tableResource,
  Keeper: functionResource('keeper', { Environment: { Variables: { TABLE: { Ref: 'Table' } } } }),
  Counter: functionResource('counter'),
  Api: {
    Type: 'AWS::ApiGatewayV2::Api',
    Properties: { Name: 'Api', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' },
  },
  Stage: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { ApiId: { Ref: 'Api' }, StageName: 'v1' } },
  Integration: {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: {
      ApiId: { Ref: 'Api' },
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: integrationUri('Keeper'),
    },
  },
  Route: {
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: {
      ApiId: { Ref: 'Api' },
      RouteKey: '$default',
      RouteResponseSelectionExpression: '$default',
      Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
    },
  },
  RouteResponse: {
    Type: 'AWS::ApiGatewayV2::RouteResponse',
    Properties: { ApiId: { Ref: 'Api' }, RouteId: { Ref: 'Route' }, RouteResponseKey: '$default' },
  },
  Bucket: { Type: 'AWS::S3::Bucket' },
  Files: {
    Type: 'Custom::CDKBucketDeployment',
    Properties: {
      ServiceToken: 'arn:aws:lambda:us-east-1:000000000000:function:provider',
      SourceBucketNames: ['assets'],
      SourceObjectKeys: ['page.zip'],
      DestinationBucketName: { Ref: 'Bucket' },
    },
  },
  Page: {
    Type: 'AWS::CloudFront::Distribution',
    Properties: {
      DistributionConfig: {
        DefaultRootObject: 'index.html',
        Origins: [{ Id: 'files', DomainName: { 'Fn::GetAtt': ['Bucket', 'DomainName'] }, S3OriginConfig: {} }],
        DefaultCacheBehavior: { TargetOriginId: 'files', ViewerProtocolPolicy: 'allow-all' },
      },
    },
  },
};

let assembly: string;
let stack: TestStack;

/** Writes the assembly as a synthesis does, with other resources, those that are undefined left out, and with further code. */
function synthesize(
  changed: Readonly<Record<string, object | undefined>> = {},
  code: Record<string, string> = {},
): void {
  const all = Object.entries({ ...Resources, ...changed }).filter(([, resource]) => resource !== undefined);
  writeAssembly(
    assembly,
    {
      S: {
        Resources: Object.fromEntries(all),
        Outputs: { Url: { Value: { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] } } },
      },
    },
    {
      keeper: { 'index.mjs': keeper('old') },
      counter: { 'index.mjs': 'let n = 0; export const handler = async () => ++n;' },
      page: { 'index.html': 'old', 'old.txt': '' },
      ...Object.fromEntries(Object.entries(code).map(([name, text]) => [name, { 'index.mjs': text }])),
    },
  );
}

async function open(to: RunningStack = stack): Promise<TestSocket> {
  const socket = new TestSocket(`${to.outputs['S']?.['Url']}/v1`, [], {});
  await once(socket.webSocket, 'open');
  return socket;
}

async function ask(socket: TestSocket, text: string): Promise<string> {
  socket.send(text);
  return socket.next();
}

beforeEach(async () => {
  assembly = fs.mkdtempSync(path.join(os.tmpdir(), 'watch-'));
  synthesize();
  stack = await startTestStack(assembly, { watch: true });
});

afterEach(async () => {
  await stack[Symbol.asyncDispose]();
  fs.rmSync(assembly, { recursive: true });
});

const asset = (name: string) => path.join(assembly, `asset.${name}`);

it('New code takes the next events; open sockets, data and the workers of other functions stay', async () => {
  const socket = await open();
  expect(await ask(socket, 'a')).toBe('old: a');
  expect((await stack.functions.invoke('S-Counter', {})).payload).toBe(1);

  fs.writeFileSync(path.join(asset('keeper'), 'index.mjs'), keeper('new'));
  await expect.poll(() => ask(socket, 'b')).toBe('new: a,b');
  expect((await stack.functions.invoke('S-Counter', {})).payload).toBe(2);
  socket.webSocket.close();
});

it('New code in a folder below the function’s own counts, too', async () => {
  fs.mkdirSync(path.join(asset('counter'), 'lib'));
  fs.writeFileSync(path.join(asset('counter'), 'lib/word.mjs'), `export const word = 'one';`);
  const code = `import { word } from './lib/word.mjs'; export const handler = async () => word;`;
  fs.writeFileSync(path.join(asset('counter'), 'index.mjs'), code);
  const answer = async () => (await stack.functions.invoke('S-Counter', {})).payload;
  await expect.poll(answer).toBe('one');
  fs.writeFileSync(path.join(asset('counter'), 'lib/word.mjs'), `export const word = 'two';`);
  await expect.poll(answer).toBe('two');
});

it('A file that is replaced by another, as builds and editors do, counts each time', async () => {
  const file = path.join(asset('counter'), 'index.mjs');
  for (const word of ['one', 'two', 'three']) {
    fs.writeFileSync(`${file}.new`, `export const handler = async () => '${word}';`);
    fs.renameSync(`${file}.new`, file);
    await expect.poll(async () => (await stack.functions.invoke('S-Counter', {})).payload).toBe(word);
  }
});

it('New files of a bucket are served, and those that are gone are not', async () => {
  const page = async (file = '') => {
    const response = await fetch(`${stack.url}/${file}`);
    return response.ok ? response.text() : response.status;
  };
  expect([await page(), await page('old.txt')]).toEqual(['old', '']);
  fs.rmSync(path.join(asset('page'), 'old.txt'));
  fs.writeFileSync(path.join(asset('page'), 'index.html'), 'new');
  await expect.poll(() => page()).toBe('new');
  expect(await page('old.txt')).toBe(403);
});

/** A second function with a route and a table of its own, and another word for the first function. */
const grown = {
  Keeper: functionResource('keeper-2', { Environment: { Variables: { TABLE: { Ref: 'Table' } } } }),
  Notes: tableResource,
  Noter: functionResource('noter', { Environment: { Variables: { TABLE: { Ref: 'Notes' } } } }),
  NoterIntegration: {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: { ...Resources.Integration.Properties, IntegrationUri: integrationUri('Noter') },
  },
  NoterRoute: {
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: {
      ...Resources.Route.Properties,
      RouteKey: 'note',
      Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'NoterIntegration' }]] },
    },
  },
  NoterResponse: {
    Type: 'AWS::ApiGatewayV2::RouteResponse',
    Properties: { ...Resources.RouteResponse.Properties, RouteId: { Ref: 'NoterRoute' } },
  },
};
const grownCode = {
  'keeper-2': keeper('new'),
  noter: keeper('note').replace("!== '$default'", "!== 'note'").replace('S: body', 'S: JSON.parse(body).text'),
};
const note = JSON.stringify({ action: 'note', text: 'x' });

it('A new assembly changes what has changed: functions, routes and tables come while sockets, data and other workers stay', async () => {
  const socket = await open();
  expect(await ask(socket, 'a')).toBe('old: a');
  expect((await stack.functions.invoke('S-Counter', {})).payload).toBe(1);
  synthesize(grown, grownCode);
  await stack.update();
  expect(await ask(socket, 'b')).toBe('new: a,b');
  expect(await ask(socket, note)).toBe('note: x');
  expect((await stack.functions.invoke('S-Counter', {})).payload).toBe(2);
  expect(stack.created.map(({ logicalId }) => logicalId)).toContain('Notes');
});

it('Another route of the same function, timeout or variable takes effect, too', async () => {
  const socket = await open();
  const Environment = { Variables: { TABLE: { Ref: 'Table' }, COLOUR: 'blue' } };
  const code = 'export const handler = async () => ({ statusCode: 200, body: process.env.COLOUR });';
  const Keeper = functionResource('colour', { Environment, Timeout: 5 });
  synthesize({ Keeper }, { colour: code });
  await stack.update();
  expect(await ask(socket, 'a')).toBe('blue');
  const Route = { ...Resources.Route, Properties: { ...Resources.Route.Properties, RouteKey: 'colour' } };
  synthesize({ Keeper, Route }, { colour: code });
  await stack.update();
  expect(JSON.parse(await ask(socket, 'a'))).toMatchObject({ message: 'Forbidden' });
  expect(await ask(socket, JSON.stringify({ action: 'colour' }))).toBe('blue');
});

it('Functions and routes that are gone are taken away', async () => {
  synthesize(grown, grownCode);
  await stack.update();
  const socket = await open();
  expect(await ask(socket, note)).toBe('note: x');
  synthesize(
    { ...grown, NoterResponse: undefined, NoterRoute: undefined, NoterIntegration: undefined, Noter: undefined },
    grownCode,
  );
  await stack.update();
  // The route that takes what no other takes answers now, and the function has no more to do with it.
  expect(await ask(socket, note)).toBe(`new: ${note}`);
  await expect(stack.functions.invoke('S-Noter', {})).rejects.toThrow('Function not found');
  expect(stack.functions.names).toEqual(['S-Keeper', 'S-Counter']);
});

it('What is refused is said, and what runs stays as it was', async () => {
  const socket = await open();
  const Pool = { Type: 'AWS::Cognito::UserPool' };
  synthesize({ Pool, Keeper: functionResource('counter') });
  const refused = stack.update();
  await expect(refused).rejects.toThrow('there are no user pools here');
  await expect(refused).rejects.not.toBeInstanceOf(NeedsRestart);
  expect(await ask(socket, 'a')).toBe('old: a');
});

describe('watched', () => {
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  const log = { info: say, warn: say, debug: () => {} };
  const starts: RunningStack[] = [];
  let dataDir: string;
  let stop: () => Promise<void>;

  beforeEach(async () => {
    [lines.length, starts.length] = [0, 0];
    dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'watched-'));
    const onStart = (started: RunningStack) => void starts.push(started);
    stop = await startWatchedStack({ assemblyDir: assembly, dataDir, port: 0, log }, onStart);
  });

  afterEach(async () => {
    await stop();
    fs.rmSync(dataDir, { recursive: true });
  });

  const first = () => starts[0] ?? expect.fail('It has not started.');
  const word = async (running: RunningStack) => (await running.functions.invoke('S-Word', {})).payload;

  it('it takes each assembly by itself, also one in a folder that was removed before', async () => {
    const socket = await open(first());
    synthesize({ Word: functionResource('one') }, { one: `export const handler = async () => 'one';` });
    await expect.poll(() => word(first()).catch(String)).toBe('one');
    fs.rmSync(assembly, { recursive: true });
    synthesize({ Word: functionResource('two') }, { two: `export const handler = async () => 'two';` });
    await expect.poll(() => word(first())).toBe('two');
    fs.writeFileSync(path.join(asset('two'), 'index.mjs'), `export const handler = async () => 'three';`);
    await expect.poll(() => word(first())).toBe('three');
    expect(await ask(socket, 'a')).toBe('old: a');
    expect(starts.length).toBe(1);
  });

  it('what can’t change while it runs makes it start again, which is said, with its addresses and data', async () => {
    const socket = await open(first());
    await ask(socket, 'a');
    const Properties = { ...Resources.Api.Properties, RouteSelectionExpression: '$request.body.kind' };
    synthesize({ Api: { ...Resources.Api, Properties } });
    const [code] = await once(socket.webSocket, 'close');
    expect(code).toBe(1001);
    await expect.poll(() => starts.length).toBe(2);
    expect(lines).toContain(
      '↻ Starting again, since S/Api (AWS::ApiGatewayV2::Api) has changed: data and addresses stay, open sockets are closed …',
    );
    const again = starts[1] ?? first();
    expect([again.url, again.outputs]).toEqual([first().url, first().outputs]);
    expect(await ask(await open(again), 'b')).toBe('old: a,b');
  });

  it('one that is written while the stack comes up is taken, too', async () => {
    await stop();
    starts.length = 0;
    stop = await startWatchedStack({ assemblyDir: assembly, dataDir, port: 0, log }, (started) => {
      starts.push(started);
      synthesize({ Word: functionResource('one') }, { one: `export const handler = async () => 'one';` });
    });
    await expect.poll(() => word(first()).catch(String)).toBe('one');
  });

  it('one that can’t run is told, and the next is taken', async () => {
    synthesize({ Pool: { Type: 'AWS::Cognito::UserPool' } });
    await expect.poll(() => lines.join()).toContain('there are no user pools here\n  What runs stays as it was');
    synthesize({ Word: functionResource('one') }, { one: `export const handler = async () => 'one';` });
    await expect.poll(() => word(first()).catch(String)).toBe('one');
  });
});

it('An app is synthesized again when its files change, and one that fails is told', async () => {
  const project = fs.mkdtempSync(path.join(os.tmpdir(), 'project-'));
  const out = path.join(project, '.data/cdk.out');
  const app = (text: string) =>
    `require('node:fs').mkdirSync(process.env.CDK_OUTDIR, { recursive: true }); require('node:fs').writeFileSync(process.env.CDK_OUTDIR + '/manifest.json', '${text}');`;
  fs.writeFileSync(path.join(project, 'cdk.json'), JSON.stringify({ app: `"${process.execPath}" lib/app.cjs` }));
  fs.mkdirSync(path.join(project, 'lib'));
  const told: string[] = [];
  const data = path.join(project, '.data');
  const again = () => synth(project, data, out, () => {}, true);
  const stop = keepSynthesized(project, data, again, (error) => told.push(String(error)));
  for (const text of ['one', 'two']) {
    fs.writeFileSync(path.join(project, 'lib/app.cjs'), app(text));
    await expect.poll(() => fs.existsSync(out) && fs.readFileSync(path.join(out, 'manifest.json'), 'utf8')).toBe(text);
  }
  fs.writeFileSync(path.join(project, 'lib/app.cjs'), 'throw new Error("no such construct");');
  await expect.poll(() => told.join()).toContain('no such construct');
  expect(fs.readFileSync(path.join(out, 'manifest.json'), 'utf8')).toBe('two');
  stop();
  fs.rmSync(project, { recursive: true });
});
