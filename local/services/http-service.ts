import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { foreignness, type MayCall, programsOnly, refuse } from '../access/foreign.ts';
import { listenOnLoopback } from './loopback.ts';

export interface HttpService {
  /** The base URL without a slash at the end. Its host is an IP address, so that S3 clients put the bucket into the path. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

/**
 * Serves on a free loopback port, and refuses requests for foreign hosts and of pages, unless `mayCall` says otherwise. While
 * `isDown` returns true, which is an injected fault, it drops connections.
 */
export async function serveHttp(
  handle: RequestListener,
  isDown: () => boolean = () => false,
  mayCall: MayCall = programsOnly,
): Promise<HttpService> {
  const server = createServer((request, response) => {
    const why = foreignness(request.headers, mayCall);
    if (isDown()) request.socket.destroy();
    else if (why) refuse(request, response, why);
    else handle(request, response);
  });
  const port = await listenOnLoopback(server);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
