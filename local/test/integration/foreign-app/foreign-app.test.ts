import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import * as z from 'zod/mini';
import { callService } from '../../../services/call.ts';
import { startTestStack, type TestStack } from '../../helpers/stack.ts';

const Parcel = z.object({ id: z.string(), state: z.string() });
const Data = z.object({ tables: z.array(z.string()), queues: z.array(z.string()) });
const PATIENCE = { timeout: 60_000, interval: 50 };

let assemblyDir: string;
let stack: TestStack;

beforeAll(async () => {
  assemblyDir = fs.mkdtempSync(path.join(os.tmpdir(), 'foreign-app-'));
  const app = path.join(import.meta.dirname, 'app.ts');
  execFileSync(process.execPath, [app], { env: { ...process.env, CDK_OUTDIR: assemblyDir }, stdio: 'pipe' });
  // Schedules run by the clock of this process, which a test moves on. Everything else runs by the true one.
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'], shouldAdvanceTime: true });
  stack = await startTestStack(assemblyDir);
}, 120_000);

afterAll(async () => {
  vi.useRealTimers();
  await stack?.[Symbol.asyncDispose]();
  fs.rmSync(assemblyDir, { recursive: true, force: true });
}, 30_000);

const output = (name: string) => String(stack.outputs['ParcelTracker']?.[name]);
const site = (route: string, init?: RequestInit) => fetch(output('SiteUrl') + route, init);

/** What the table says of something, as the desk tells it. */
async function state(id: string): Promise<unknown> {
  // Not by the distribution, which remembers for ten seconds that something isn’t there.
  const response = await fetch(`${output('DeskUrl')}/parcels/${encodeURIComponent(id)}`);
  return response.ok ? Parcel.parse(await response.json()).state : undefined;
}
const becomes = (id: string, expected: unknown, patience = PATIENCE) =>
  vi.waitFor(async () => expect(await state(id)).toBe(expected), patience);

async function drive(badge: string) {
  const socket = new WebSocket(`${output('VansUrl')}?badge=${badge}`);
  const messages: string[] = [];
  socket.on('message', (data) => messages.push(String(data)));
  await once(socket, 'open');
  return { socket, messages };
}

describe('an app that this repository knows nothing of', () => {
  it('has its pages and its API behind one address', async () => {
    expect(await (await site('/')).text()).toContain('<title>Parcels</title>');
    expect((await site('/parcels/p1', { method: 'PUT' })).status).toBe(201);
    expect(await state('p1')).toBe('handed in');
    expect((await site('/parcels/none')).status).toBe(404);
  });

  it('finds local addresses in its outputs and deployed files', async () => {
    expect(output('VansUrl')).toMatch(/^ws:\/\/localhost:\d+\/live$/);
    expect(await (await site('/config.json')).json()).toEqual({ vans: output('VansUrl') });
    const written: unknown = JSON.parse(fs.readFileSync(path.join(stack.dataDir, 'outputs.json'), 'utf8'));
    expect(written).toEqual(stack.outputs);
  });

  it('is also there without the distribution, with its CORS rules', async () => {
    const headers = { origin: 'https://parcels.example' };
    const response = await fetch(`${output('DeskUrl')}/parcels/p1`, { headers });
    expect(response.headers.get('access-control-allow-origin')).toBe('https://parcels.example');
  });

  it('talks over its WebSocket API: authorizer, replies, pushes, MOCK', async () => {
    const { socket, messages } = await drive('dora');
    await becomes('van-dora', 'on the road');
    socket.send('at the gate');
    await vi.waitFor(() => expect(messages).toContain('noted at the gate'), PATIENCE);
    socket.send('whoami');
    await vi.waitFor(() => expect(messages).toContain('you are dora'), PATIENCE);
    socket.send('{"action":"ping"}');
    await vi.waitFor(() => expect(messages).toContain('{"answer":"here"}'), PATIENCE);
    socket.close();
    await becomes('van-dora', 'parked');
  });

  it.each([
    ['stolen', 403],
    ['lost', 401],
    ['', 401],
  ])('refuses a driver with the badge "%s": %i', async (badge, status) => {
    await expect(drive(badge)).rejects.toThrow(`Unexpected server response: ${status}`);
  });

  it('follows its table by a stream into a queue, and from there on', async () => {
    await site('/parcels/p2', { method: 'PUT' });
    await becomes('label-p2', 'printed');
  });

  it('sets a message aside that fails again and again, and only that one', async () => {
    await site('/parcels/torn-1', { method: 'PUT' });
    await site('/parcels/p3', { method: 'PUT' });
    await becomes('label-p3', 'printed');
    const QueueUrl = output('SpoiledUrl');
    await vi.waitFor(async () => {
      expect(await callService(stack.world, 'AmazonSQS.ReceiveMessage', { QueueUrl })).toMatchObject({
        Messages: [{ Body: 'torn-1' }],
      });
    }, PATIENCE);
  });

  it('hears of what is put into its bucket, where it asked for it', async () => {
    await site('/parcels/p4', { method: 'POST', body: 'a photo' });
    await becomes('photo-p4.txt', '7 bytes');
  });

  it('is woken by its schedule, with its input', async () => {
    vi.advanceTimersByTime(60_000);
    await becomes('patrol-north', 'walked');
  });

  it('has the figures that CloudWatch would have of it', async () => {
    await vi.waitFor(() => {
      const names = new Set(stack.world.figures.metrics.map(({ namespace, name }) => `${namespace} ${name}`));
      for (const expected of [
        'AWS/ApiGateway 4xx',
        'AWS/ApiGateway ClientError',
        'AWS/ApiGateway ConnectCount',
        'AWS/ApiGateway Count',
        'AWS/ApiGateway IntegrationLatency',
        'AWS/ApiGateway Latency',
        'AWS/ApiGateway MessageCount',
        'AWS/DynamoDB ConsumedReadCapacityUnits',
        'AWS/DynamoDB ConsumedWriteCapacityUnits',
        'AWS/DynamoDB SuccessfulRequestLatency',
        'AWS/Lambda ConcurrentExecutions',
        'AWS/Lambda Duration',
        'AWS/Lambda Errors',
        'AWS/Lambda Invocations',
        'AWS/Lambda IteratorAge',
        'AWS/SQS ApproximateAgeOfOldestMessage',
        'AWS/SQS ApproximateNumberOfMessagesVisible',
      ])
        expect(names).toContain(expected);
    }, PATIENCE);
  });

  it('has its alarm and its dashboard drawn', async () => {
    await site('/parcels/p1', { method: 'PUT' });
    const alarms = z.object({ alarms: z.array(z.object({ name: z.string(), state: z.string() })) });
    await vi.waitFor(async () => {
      const { alarms: found } = alarms.parse(await (await site('/_local/alarms.json')).json());
      expect(found).toEqual([{ name: expect.stringContaining('Late'), state: expect.stringMatching(/OK|INSUFF/) }]);
    }, PATIENCE);
    const page = await (await site('/_local/dashboards')).text();
    for (const part of [
      '<h2>Requests</h2>',
      '<b>Calm:</b> few.',
      '<svg',
      '●</span> Desk',
      'ParcelTracker-Late',
      'SEARCH',
    ])
      expect(page).toContain(part);
    expect(await (await site('/_local/alarms')).text()).toContain('0 of 1 are raised.');
  });

  it('shows its invocations, data and sockets to whoever has the key of this start, who may also write to them', async () => {
    expect((await site('/_local/')).status).toBe(403);
    expect((await site('/_local/data?key=0000')).status).toBe(403);
    const entered = await fetch(stack.consoleUrl, { redirect: 'manual' });
    const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? '';
    const look = async (route: string) => (await site(`/_local/${route}`, { headers: { cookie } })).text();
    await site('/parcels/seen', { method: 'PUT' });
    await vi.waitFor(async () => expect(await look('')).toContain('/parcels/seen'), PATIENCE);
    expect(await look('')).toContain(output('VansUrl'));
    const { tables, queues } = Data.parse(JSON.parse(await look('data.json')));
    expect(await look(`data?table=${tables[0]}`)).toContain('handed in');
    expect(queues).toContain(output('SpoiledUrl').split('/').at(-1));
    expect(await look(`data.json?queue=${output('SpoiledUrl').split('/').at(-1)}`)).toContain('torn-1');

    const { socket, messages } = await drive('dora');
    const [, api = '', id = ''] =
      /name="api" value="(\w+)"><input type="hidden" name="id" value="([^"]+)"/.exec(await look('')) ?? [];
    const submit = (form: Record<string, string>, headers: Record<string, string> = { cookie }) =>
      site('/_local/', { method: 'POST', headers, body: new URLSearchParams(form), redirect: 'manual' });
    expect((await submit({ do: 'post', api, id, text: 'mind the ice' }, {})).status).toBe(403);
    expect((await submit({ do: 'post', api, id, text: 'mind the ice' })).status).toBe(303);
    await vi.waitFor(() => expect(messages).toEqual(['mind the ice']), PATIENCE);
    const closed = once(socket, 'close');
    await submit({ do: 'close', api, id });
    await closed;
    expect((await submit({ do: 'invoke', name: 'nothing', event: '{}' })).status).toBe(400);
  });

  it('makes its own resources once, and keeps everything over a restart', async () => {
    expect(output('DepotId')).toBe('depot-Riverside');
    expect(await state('depot-Riverside')).toBe('Create');
    await site('/parcels/depot-Riverside', { method: 'PUT' });
    await site('/parcels/kept', { method: 'PUT' });
    stack = await stack.restart();
    expect(output('DepotId')).toBe('depot-Riverside');
    expect(await state('depot-Riverside')).toBe('handed in');
    expect(await state('kept')).toBe('handed in');
  }, 60_000);

  it('gives no cause for warnings', () => {
    expect(stack.warnings).toEqual([]);
  });
});
