import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { foreignness, programsOnly } from '../../../access/foreign.ts';
import { askForUnits } from '../../../cloudwatch/dynamodb.ts';
import { ServiceError } from '../../error.ts';
import { listenOnLoopback } from '../../loopback.ts';
import type { Serve } from '../point-in-time.ts';
import type { DynamoDb } from '../server.ts';
import type { Refusal } from './refusal.ts';
import { type RawRequest, requestReader } from './requests.ts';

/** Why a request is refused; nothing where it is for the server to answer. `operation` is `PutItem` and the like. */
export type Check = (operation: string, body: string) => Promise<Refusal | undefined>;

/** Gets each request with its whole answer, and how long that took. */
export type Observe = (request: { operation: string; body: Buffer; ms: number }, answer: Buffer) => void;

/** Throws a `ServiceError` for a request of somebody who may not call. */
export type Admit = (request: RawRequest) => void;

/**
 * Puts a check before a DynamoDB server: what it refuses is answered here, and everything else is passed on. Every call
 * of every function takes this way, so requests are passed on as the bytes that came. With `observe` they ask for the
 * units that they use, and answers are looked at as they are passed on (docs/decisions/0083, 0132). Stopping it stops the server, too.
 */
export async function proxied(
  dynamoDb: DynamoDb,
  { check, admit, serve = () => undefined, observe }: { check: Check; admit: Admit; serve?: Serve; observe?: Observe },
): Promise<DynamoDb> {
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
    let answered: ((answer: Buffer) => void) | undefined;
    if (observe) {
      const answerEndingIn = requestReader();
      upstream.on('data', (chunk) => {
        const answer = answerEndingIn(chunk);
        if (answer) answered?.(answer.bytes);
      });
    }
    const ask = (request: RawRequest, operation: string): void => {
      if (!observe) return void upstream.write(request.bytes);
      const startedAt = performance.now();
      const { body } = request;
      answered = (answer) => observe({ operation, body, ms: performance.now() - startedAt }, answer);
      upstream.write(askForUnits(operation, request.bytes, body));
    };
    const requestEndingIn = requestReader();
    client.on('data', (chunk) => {
      const request = requestEndingIn(chunk);
      if (request) void take(request, client, ask);
    });
  });

  async function take(
    request: RawRequest,
    client: Socket,
    ask: (request: RawRequest, operation: string) => void,
  ): Promise<void> {
    try {
      const foreign = foreignness(request.headers, programsOnly);
      if (foreign) throw new ServiceError('AccessDeniedException', foreign);
      admit(request);
      const operation = /^DynamoDB_20120810\.(\w+)/.exec(String(request.headers['x-amz-target']))?.[1] ?? '';
      const refusal = await check(operation, request.body.toString());
      const served = refusal ? undefined : serve(operation, request.body.toString());
      if (refusal) client.write(answer('400 Bad Request', 'ValidationException', refusal.message));
      else if (served) client.write(await outcomeOf(served));
      else ask(request, operation);
    } catch (error) {
      // Whoever may not call is not listened to any further.
      if (error instanceof ServiceError) client.end(answer('400 Bad Request', error.code, error.message, 'close'));
      // The SDK tries again, as it does when DynamoDB fails.
      else client.write(answer('500 Internal Server Error', 'InternalServerError', String(error)));
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

async function outcomeOf(served: Promise<object>): Promise<string> {
  try {
    return response('200 OK', await served);
  } catch (error) {
    if (error instanceof ServiceError) return answer('400 Bad Request', error.code, error.message);
    throw error;
  }
}

function answer(status: string, code: string, message: string, connection = 'keep-alive'): string {
  return response(status, { __type: `com.amazonaws.dynamodb.v20120810#${code}`, message }, connection);
}

function response(status: string, content: object, connection = 'keep-alive'): string {
  const body = JSON.stringify(content);
  return [
    `HTTP/1.1 ${status}`,
    'content-type: application/x-amz-json-1.0',
    `connection: ${connection}`,
    `content-length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}
