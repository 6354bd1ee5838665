import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { foreignness, programsOnly, refuse } from '../access/foreign.ts';
import { type Faulty, handleWithFaults } from '../faults/service-faults.ts';
import { closeServer, listenOnLoopback } from './loopback.ts';

export interface HttpService {
  /** The base URL without a slash at the end. Its host is an IP address, so that S3 clients put the bucket into the path. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

/**
 * Serves on a free loopback port, and refuses requests for foreign hosts and of pages, unless `mayCall` says otherwise. Requests meet
 * the faults that are injected into a service.
 */
export async function serveHttp(serve: RequestListener, faulty?: Faulty, mayCall = programsOnly): Promise<HttpService> {
  const server = createServer((request, response) => {
    const why = foreignness(request.headers, mayCall);
    if (why) refuse(request, response, why);
    else if (faulty)
      void handleWithFaults(faulty, operationOf(request) ?? request.method ?? '', request, response, serve);
    else serve(request, response);
  });
  const port = await listenOnLoopback(server);
  return { endpoint: `http://127.0.0.1:${port}`, stop: () => closeServer(server) };
}

/** The operation that a request is for, if AWS's JSON protocol names it (`SendMessage`). */
export function operationOf({ headers }: IncomingMessage): string | undefined {
  return headers['x-amz-target']?.toString().replace(/^[^.]*\./, '');
}
