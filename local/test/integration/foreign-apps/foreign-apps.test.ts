import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import * as z from 'zod/mini';
import { callService } from '../../../services/call.ts';
import { createStack, type RunningStack } from '../../../stack.ts';
import { TestSocket } from '../../helpers/websocket-client.ts';

let assemblyDir: string;
let stack: RunningStack;

beforeAll(async () => {
  assemblyDir = fs.mkdtempSync(path.join(os.tmpdir(), 'foreign-apps-'));
  const app = path.join(import.meta.dirname, 'app.ts');
  execFileSync(process.execPath, [app], { env: { ...process.env, CDK_OUTDIR: assemblyDir }, stdio: 'pipe' });
  // Schedules run by the clock of this process, which a test moves on. Everything else runs by the true one.
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'], shouldAdvanceTime: true });
  stack = await createStack({ assemblyDir, log: { info() {}, debug() {}, warn: () => {} } });
});

afterAll(async () => {
  vi.useRealTimers();
  await stack?.stop();
  fs.rmSync(assemblyDir, { recursive: true, force: true });
});

const output = (shape: string, name: string) => String(stack.outputs[shape]?.[name]);
const invoke = (shape: string, name: string, event: object = {}) => stack.functions.invoke(output(shape, name), event);
const scanned = z.object({
  Items: z.array(z.object({ id: z.object({ S: z.string() }), value: z.object({ S: z.string() }) })),
});

/** What the functions of an app have noted. */
async function noted(shape: string): Promise<Record<string, string>> {
  const TableName = output(shape, 'Table');
  const { Items } = scanned.parse(await callService(stack.world, 'DynamoDB_20120810.Scan', { TableName }));
  return Object.fromEntries(Items.map(({ id, value }) => [id.S, value.S]));
}
const notes = (shape: string, expected: unknown) => expect.poll(() => noted(shape)).toEqual(expected);

async function open(shape: string): Promise<TestSocket> {
  const socket = new TestSocket(output(shape, 'Url'), [], {});
  await expect.poll(() => socket.webSocket.readyState).toBe(1);
  return socket;
}

test('a chat of single resources reaches its sockets by the address in the event', async () => {
  const [one, other] = [await open('Chat'), await open('Chat')];
  one.send({ action: 'send', text: 'good morning' });
  expect([await one.next(), await other.next()]).toEqual(['good morning', 'good morning']);
  other.webSocket.close();
  await expect.poll(async () => Object.keys(await noted('Chat')).length).toBe(1);
  one.send({ action: 'sing' });
  expect(await one.nextJson()).toMatchObject({ message: 'Forbidden' });
});

test('a function that no socket has invoked finds the address in a parameter', async () => {
  const socket = await open('Board');
  await invoke('Board', 'Post', { socket: (await noted('Board'))['socket'], text: 'posted' });
  expect(await socket.next()).toBe('posted');
});

test('an HTTP API keeps notes, and hears of uploads by EventBridge', async () => {
  const url = output('Notes', 'Url');
  await fetch(`${url}/notes/a`, { method: 'PUT', body: 'milk' });
  expect(await (await fetch(`${url}/notes/a`)).json()).toEqual({ id: 'a', text: 'milk' });
  expect((await fetch(`${url}/notes/b`)).status).toBe(404);
  const address = z.object({ url: z.string() });
  const { url: upload } = address.parse(await (await fetch(`${url}/pictures/sea`, { method: 'POST' })).json());
  expect((await fetch(upload, { method: 'PUT', body: 'blue' })).status).toBe(200);
  await notes('Notes', { a: 'milk', sea: '4 bytes' });
});

test('what is put into a bucket arrives over a topic and a queue', async () => {
  await invoke('Chain', 'Begin');
  await notes('Chain', { 'one.txt': '', heard: 'it begins' });
});

test('what is written down is told on a bus, whose rules choose', async () => {
  await invoke('Orders', 'Write', { id: 'order-1', amount: 20 });
  await invoke('Orders', 'Write', { id: 'order-2', amount: 200 });
  await notes('Orders', { 'order-1': '20', 'order-2': '200', 'large order-2': '' });
  await stack.reset();
  expect(await noted('Orders')).toEqual({});
});

test('an HTTP API tells a bus and a queue without a function', async () => {
  const post = (path: string, body: object) =>
    fetch(`${output('Orders', 'Url')}${path}`, { method: 'POST', body: JSON.stringify(body) });
  expect(await (await post('/orders', { id: 'direct', amount: 500 })).json()).toMatchObject({ FailedEntryCount: 0 });
  expect((await post('/large', { MessageBody: '{"id":"larger"}' })).status).toBe(200);
  await expect.poll(() => noted('Orders')).toMatchObject({ 'large direct': '', 'large larger': '' });
  expect((await post('/large', {})).status).toBe(400);
});

test('destinations tell of what was done and what failed, and a queue sets aside', async () => {
  for (const event of [{}, { fails: true }, { spoiled: true }])
    await stack.functions.invokeAsync(output('Jobs', 'Begin'), event);
  await notes('Jobs', { wash: 'done', failed: 'no such job', buried: 'wash' });
});

test('what the SDK and a layer give is there from the start, at a function’s own address', async () => {
  expect(await (await fetch(`${output('Start', 'Url')}hello`)).text()).toBe('welcome /hello sown');
});

test('the clock begins what is due, and nothing else', async () => {
  vi.advanceTimersByTime(60_000);
  await notes('Clock', { received: 'tick' });
});
