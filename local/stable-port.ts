import { readFile, writeFile } from 'node:fs/promises';
import type { Server } from 'node:net';
import { listenOnLoopback } from './services/loopback.ts';

/**
 * Starts a server on the loopback port that `portFile` remembers, so that open pages reach it again after a restart of the stack. If
 * that port is taken, the server gets another one.
 */
export async function listenOnStablePort<S extends Server>(
  portFile: string,
  create: () => S,
): Promise<{ server: S; port: number }> {
  const before = Number(await readFile(portFile, 'utf8').catch(() => '0'));
  const [first, second] = [create(), create()];
  const same = await listenOnLoopback(first, before).catch(() => undefined);
  const port = same ?? (await listenOnLoopback(second));
  await writeFile(portFile, String(port));
  return { server: same === undefined ? second : first, port };
}
