import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';

/**
 * Starts a server on the loopback port that `portFile` remembers, so that open pages reach it again after a restart of the stack. If
 * that port is taken, the server gets another one.
 */
export async function listenOnStablePort(portFile: string): Promise<{ server: Server; port: number }> {
  const before = Number(await readFile(portFile, 'utf8').catch(() => '0'));
  const server = (await listen(before).catch(() => undefined)) ?? (await listen(0));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await writeFile(portFile, String(port));
  return { server, port };
}

async function listen(port: number): Promise<Server> {
  const server = createServer();
  server.listen({ port, host: '127.0.0.1', backlog: 4096 });
  await once(server, 'listening');
  return server;
}
