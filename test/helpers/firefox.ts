import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import WebSocket from 'ws';
import * as z from 'zod/mini';
import type { Remote } from './remote-visitor.ts';
import { end } from './storm.ts';

const Message = z.object({
  id: z.optional(z.nullable(z.int())),
  type: z.string(),
  result: z.optional(z.unknown()),
  error: z.optional(z.string()),
  message: z.optional(z.string()),
});
const Contexts = z.object({ contexts: z.array(z.object({ context: z.string() })) });
/** What a function has returned: an element has a `sharedId`, and JSON is the `value` of a string. */
const Returned = z.object({
  result: z.optional(z.object({ sharedId: z.optional(z.string()), value: z.optional(z.unknown()) })),
  exceptionDetails: z.optional(z.object({ text: z.string() })),
});

/** Starts the Firefox that is installed, without a window and with a profile of its own, and steers it by WebDriver BiDi. */
export async function startFirefox(program: string): Promise<Remote> {
  const profile = mkdtempSync(join(tmpdir(), 'storm-firefox-'));
  const args = ['--headless', '--remote-debugging-port=0', '--profile', profile, '--width=1280', '--height=900'];
  const firefox = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const send = await connect(await addressOf(firefox.stderr));
  await send('session.new', { capabilities: {} });
  const { contexts } = Contexts.parse(await send('browsingContext.getTree', {}));
  const context = contexts[0]?.context ?? '';
  // Without a window it never has the focus, and the page follows what arrives only while somebody looks.
  const functionDeclaration = '() => { Document.prototype.hasFocus = () => true; }';
  await send('script.addPreloadScript', { functionDeclaration });

  async function execute(source: string, args: readonly string[]): Promise<z.infer<typeof Returned>['result']> {
    const strings = args.map((value) => ({ type: 'string', value }));
    const call = { functionDeclaration: source, arguments: strings, target: { context }, awaitPromise: true };
    const { result, exceptionDetails } = Returned.parse(await send('script.callFunction', call));
    if (exceptionDetails) throw new Error(exceptionDetails.text);
    return result;
  }

  async function click(reference: string): Promise<void> {
    const origin = { type: 'element', element: { sharedId: reference } };
    const actions = [{ type: 'pointerMove', x: 0, y: 0, origin }, ...press('pointer', { button: 0 })];
    await send('input.performActions', { context, actions: [{ type: 'pointer', id: 'mouse', actions }] });
  }

  return {
    async open(url) {
      await send('browsingContext.navigate', { context, url, wait: 'complete' });
    },
    async call(source, ...args) {
      const { value } =
        (await execute(`async (...args) => JSON.stringify((await (${source})(...args)) ?? null)`, args)) ?? {};
      return JSON.parse(String(value));
    },
    find: async (source, ...args) => (await execute(source, args))?.sharedId,
    async click(reference) {
      await click(reference);
    },
    async type(reference, text) {
      await click(reference);
      const actions = [...text].flatMap((value) => press('key', { value }));
      await send('input.performActions', { context, actions: [{ type: 'key', id: 'keyboard', actions }] });
    },
    async reload() {
      await send('browsingContext.reload', { context, wait: 'complete' });
    },
    async close() {
      await end(firefox, 'SIGTERM');
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

const press = (what: 'pointer' | 'key', which: object) =>
  ['Down', 'Up'].map((way) => ({ type: `${what}${way}`, ...which }));

/** The address that Firefox names among its messages. */
async function addressOf(messages: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface(messages)) {
    const [, address] = /WebDriver BiDi listening on (ws:\S+)/.exec(line) ?? [];
    if (address !== undefined) {
      messages.resume();
      return `${address}/session`;
    }
  }
  throw new Error('Firefox did not start.');
}

/** Returns a function that does a command. */
async function connect(address: string): Promise<(method: string, params: object) => Promise<unknown>> {
  const socket = new WebSocket(address);
  await once(socket, 'open');
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  socket.on('message', (data) => {
    const { id, type, result, error, message } = Message.parse(JSON.parse(String(data)));
    const command = waiting.get(id ?? 0);
    if (type === 'success') command?.resolve(result);
    else if (type === 'error') command?.reject(new Error(`${error}: ${message}`));
  });
  let last = 0;
  return (method, params) => {
    const command = Promise.withResolvers<unknown>();
    last += 1;
    waiting.set(last, command);
    socket.send(JSON.stringify({ id: last, method, params }));
    return command.promise;
  };
}
