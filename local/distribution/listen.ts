import { createServer, type RequestListener } from 'node:http';
import { foreignness, refuse } from '../access/foreign.ts';
import { closeServer, listenOnLoopback } from '../services/loopback.ts';
import { StackError, type World } from '../types.ts';

type MayRead = (origin: string, url: string) => boolean;
const nobody: MayRead = () => false;

/**
 * Serves `http://localhost:PORT` on IPv4, and on IPv6 if the machine has it, until the stack stops. Port 0 means any free port. It
 * refuses requests for foreign hosts, and of pages that aren't the app's unless `mayRead` lets their origin have what is at this URL.
 * @throws StackError when the port is in use.
 */
export async function listenOnLocalhost(
  port: number,
  world: World,
  handle: RequestListener,
  mayRead: MayRead = nobody,
) {
  const handleOwn: RequestListener = (request, response) => {
    const mayCall = (origin: string) => world.pages.has(origin) || mayRead(origin, request.url ?? '/');
    const why = foreignness(request.headers, mayCall);
    if (why) refuse(request, response, why);
    else handle(request, response);
  };
  const [server, second] = [createServer(handleOwn), createServer(handleOwn)];
  const actual = await listenOnLoopback(server, port).catch((error) => {
    throw new StackError(`Port ${port} ${whyNot(error)} choose another one with PORT or --port.`);
  });
  // Browsers may try IPv6 first. If nothing listens there, they go on to IPv4.
  const both = await listenOnLoopback(second, actual, '::1').catch(() => undefined);
  for (const each of both === undefined ? [server] : [server, second]) world.whenStopping(() => closeServer(each));
  return `http://localhost:${actual}`;
}

function whyNot(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : error;
  return code === 'EADDRINUSE' ? 'is in use: stop what uses it, or' : `can't be used (${code}):`;
}
