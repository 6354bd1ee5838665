import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { listenOnLoopback } from '../../loopback.ts';
import type { DynamoDb } from '../server.ts';
import type { Refusal } from './refusal.ts';

/** Why a request is refused; nothing where it is for the server to answer. `operation` is `PutItem` and the like. */
export type Check = (operation: string, body: string) => Promise<Refusal | undefined>;

interface Request {
  readonly operation: string;
  readonly body: string;
  /** As it came. */
  readonly bytes: Buffer;
}

/**
 * Puts a check before a DynamoDB server: what it refuses is answered here, and everything else is passed on. Every call
 * of every function takes this way, so requests are passed on as the bytes that came, and answers aren't looked at
 * (docs/decisions/0083). Stopping it stops the server, too.
 */
export async function proxied(dynamoDb: DynamoDb, check: Check): Promise<DynamoDb> {
  const { hostname, port } = new URL(dynamoDb.endpoint);
  const sockets = new Set<Socket>();

  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ host: hostname, port: Number(port), noDelay: true });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      // A connection that one side cuts is cut on the other, and the SDK tries again, as it does without a proxy.
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroySoon();
      });
    }
    upstream.pipe(client);
    const requestEndingIn = requestReader();
    client.on('data', (chunk) => {
      const request = requestEndingIn(chunk);
      if (request) void serve(request, client, upstream);
    });
  });

  async function serve({ operation, body, bytes }: Request, client: Socket, upstream: Socket): Promise<void> {
    try {
      const refusal = await check(operation, body);
      if (refusal) client.write(answer('400 Bad Request', 'ValidationException', refusal.message));
      else upstream.write(bytes);
    } catch (error) {
      // The SDK tries again, as it does when DynamoDB fails.
      client.write(answer('500 Internal Server Error', 'InternalServerError', String(error)));
    }
  }

  const ownPort = await listenOnLoopback(server);
  return {
    endpoint: `http://127.0.0.1:${ownPort}`,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
      await dynamoDb.stop();
    },
  };
}

/** Puts a connection's chunks together. SDKs name the length of a request, and send the next one after its answer. */
function requestReader(): (chunk: Buffer) => Request | undefined {
  let chunks: Buffer[] = [];
  let missing = 0;
  return (chunk) => {
    chunks.push(chunk);
    missing -= chunk.length;
    if (missing > 0) return undefined;
    const bytes = Buffer.concat(chunks);
    const head = bytes.indexOf('\r\n\r\n') + 4;
    const headers = bytes.toString('latin1', 0, head);
    const length = Number(/^content-length: *(\d+)/im.exec(headers)?.[1] ?? 0);
    missing = head < 4 ? 1 : head + length - bytes.length;
    chunks = missing > 0 ? [bytes] : [];
    if (missing > 0) return undefined;
    const operation = /^x-amz-target: *DynamoDB_20120810\.(\w+)/im.exec(headers)?.[1] ?? '';
    return { operation, body: bytes.toString('utf8', head, head + length), bytes };
  };
}

function answer(status: string, code: string, message: string): string {
  const body = JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${code}`, message });
  return [
    `HTTP/1.1 ${status}`,
    'content-type: application/x-amz-json-1.0',
    `content-length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}
