import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { foreignness, refuse } from '../access/foreign.ts';
import { StackError, type World } from '../types.ts';

/**
 * Serves `http://localhost:PORT` on IPv4, and on IPv6 if the machine has it, until the stack stops. Port 0 means any free port. It
 * refuses requests for foreign hosts, and of pages that aren't the app's unless `mayRead` lets their origin have what is at this URL.
 * @throws StackError when the port is in use.
 */
export async function listenOnLocalhost(
  port: number,
  world: World,
  handle: RequestListener,
  mayRead: (origin: string, url: string) => boolean = () => false,
): Promise<string> {
  const handleOwn: RequestListener = (request, response) => {
    const mayCall = (origin: string) => world.pages.has(origin) || mayRead(origin, request.url ?? '/');
    const why = foreignness(request.headers, mayCall);
    if (why) refuse(request, response, why);
    else handle(request, response);
  };
  const server = await listen('127.0.0.1', port, handleOwn);
  const address = server.address();
  const actual = typeof address === 'object' && address ? address.port : port;
  // Browsers may try IPv6 first. If nothing listens there, they go on to IPv4.
  const second = await listen('::1', actual, handleOwn).catch(() => undefined);
  for (const each of [server, second]) {
    world.whenStopping(async () => {
      each?.close();
      each?.closeAllConnections();
    });
  }
  return `http://localhost:${actual}`;
}

async function listen(host: string, port: number, handle: RequestListener): Promise<Server> {
  const server = createServer(handle);
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    const why = error.code === 'EADDRINUSE' ? 'is in use: stop what uses it, or' : `can't be used (${error.code}):`;
    throw new StackError(`Port ${port} ${why} choose another one with PORT or --port.`);
  }
  return server;
}
