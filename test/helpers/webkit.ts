import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as z from 'zod/mini';
import { type Remote, until } from './remote-visitor.ts';
import { end, freePort } from './storm.ts';

/** The key of a reference to an element, which the standard of WebDriver sets. */
const elementKey = 'element-6066-11e4-a52e-4f735466cecf';

const Answer = z.object({ value: z.unknown() });
const NewSession = z.object({ sessionId: z.string() });
const Reference = z.object({ [elementKey]: z.string() });

/** Starts WebKitGTK, which has Safari's engine, on a screen that nobody sees, and steers it by WebDriver. */
export async function startWebKit(driverProgram: string, screenProgram: string): Promise<Remote> {
  const screen = spawn(screenProgram, ['-displayfd', '3', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const [display] = await once(screen.stdio[3] ?? screen, 'data');
  const port = await freePort();
  const driver = spawn(driverProgram, [`--port=${port}`], {
    env: { ...process.env, DISPLAY: `:${String(display).trim()}`, LANG: 'en_GB.UTF-8', LANGUAGE: 'en_GB' },
    stdio: 'ignore',
  });
  const root = `http://127.0.0.1:${port}/session`;
  const { sessionId } = NewSession.parse(await until(() => command(root, { capabilities: {} })));
  const session = `${root}/${sessionId}`;
  const execute = (script: string, args: readonly string[]) => command(`${session}/execute/sync`, { script, args });
  return {
    async open(url) {
      await command(`${session}/url`, { url });
    },
    async call(source, ...args) {
      return JSON.parse(String(await execute(`return JSON.stringify((${source})(...arguments) ?? null)`, args)));
    },
    async find(source, ...args) {
      const { success, data } = Reference.safeParse(await execute(`return (${source})(...arguments)`, args));
      return success ? data[elementKey] : undefined;
    },
    async click(reference) {
      await command(`${session}/element/${reference}/click`, {});
    },
    async type(reference, text) {
      await command(`${session}/element/${reference}/value`, { text });
    },
    async reload() {
      await command(`${session}/refresh`, {});
    },
    async close() {
      await fetch(session, { method: 'DELETE' });
      for (const one of [driver, screen]) await end(one, 'SIGTERM');
    },
  };
}

async function command(url: string, body: object): Promise<unknown> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  const { value } = Answer.parse(await response.json());
  if (!response.ok) throw new Error(JSON.stringify(value));
  return value;
}
