import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import type { Server } from 'node:net';

/**
 * Starts a server on the loopback port that `portFile` remembers, so that open pages reach it again after a restart of the stack. If
 * that port is taken, the server gets another one.
 */
export async function listenOnStablePort<S extends Server>(
  portFile: string,
  create: () => S,
): Promise<{ server: S; port: number }> {
  const before = Number(await readFile(portFile, 'utf8').catch(() => '0'));
  const server = (await listen(create(), before).catch(() => undefined)) ?? (await listen(create(), 0));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await writeFile(portFile, String(port));
  return { server, port };
}

async function listen<S extends Server>(server: S, port: number): Promise<S> {
  server.listen({ port, host: '127.0.0.1', backlog: 4096 });
  await once(server, 'listening');
  return server;
}
