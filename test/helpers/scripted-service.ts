import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** How a service answers a request. */
export type Answer = (response: ServerResponse, request: Received) => void;

export interface Received {
  /** Percent-encoded. */
  readonly path: string;
  readonly operation: string;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

/** An answer in JSON, with an error type if it is an error. */
export const json =
  (body: object, status = 200, headers: Record<string, string> = {}): Answer =>
  (response) =>
    void response
      .writeHead(status, { 'content-type': 'application/x-amz-json-1.0', ...headers })
      .end(JSON.stringify(body));

export const failure = (type: string, status = 400, more: object = {}): Answer =>
  json({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: `because of ${type}`, ...more }, status);

/** A service of AWS that gives the next of the answers to each request, and the last one again and again. */
export async function scriptedService(tls?: { key: string; cert: string }) {
  const received: Received[] = [];
  let script: readonly Answer[] = [];
  const listener = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request);
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const one = { path: request.url ?? '', operation, body, headers: request.headers };
    const answer = script[Math.min(received.length, script.length - 1)];
    received.push(one);
    answer?.(response, one);
  };
  const server = tls ? createHttpsServer(tls, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    /** Forgets what it has received, and answers by another script. */
    play(...answers: readonly Answer[]): void {
      received.length = 0;
      script = answers;
    },
    received,
    async stop(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
