import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { foreignness, programsOnly } from '../../../access/foreign.ts';
import { askForUnits, writes } from '../../../cloudwatch/dynamodb.ts';
import { faultsOf } from '../../../faults/service-faults.ts';
import { FaultTable } from '../../../faults/table.ts';
import { ServiceError } from '../../error.ts';
import type { HttpService } from '../../http-service.ts';
import { listenOnLoopback } from '../../loopback.ts';
import type { Serve } from '../point-in-time.ts';
import { faultyAnswer, httpAnswer, httpError } from './answers.ts';
import type { Refusal } from './refusal.ts';
import { type RawRequest, requestReader } from './requests.ts';
import { halved } from './unprocessed.ts';

/** Why a request is refused; nothing where it is for the server to answer. `operation` is `PutItem` and the like. */
export type Check = (operation: string, body: string) => Promise<Refusal | undefined>;

/** Gets each request with its whole answer, and how long that took. */
export type Observe = (request: { operation: string; body: Buffer; ms: number }, answer: Buffer) => void;

/** Throws a `ServiceError` for a request of somebody who may not call. */
export type Admit = (request: RawRequest) => void;

/** What the proxy does besides passing on. */
interface Parts {
  readonly check: Check;
  readonly admit: Admit;
  readonly serve?: Serve;
  readonly observe?: Observe;
  readonly faults?: FaultTable;
  /** As that of `Functions`. */
  readonly doomed?: (port: number) => (() => void) | undefined;
}

/** Decides whether an answer is withheld, and does what happens instead. */
type Withhold = (answer: RawRequest) => boolean;

/** Passes a request on. */
type Ask = (request: RawRequest, operation: string, lose?: Withhold) => void;

/**
 * Puts a check before a DynamoDB server: what it refuses is answered here, and everything else is passed on. Every call
 * of every function takes this way, so requests are passed on as the bytes that came. With `observe` they ask for the
 * units that they use, and answers are looked at as they are passed on (docs/decisions/0083, 0132). Stopping it stops the server, too.
 */
export async function proxied(
  dynamoDb: HttpService,
  { check, admit, serve = () => undefined, observe, faults = new FaultTable(), doomed = () => undefined }: Parts,
): Promise<HttpService> {
  const { hostname, port } = new URL(dynamoDb.endpoint);
  const streams = { service: 'DYNAMODB_STREAMS', faults } as const;
  const database = { service: 'DYNAMODB', faults } as const;
  const sockets = new Set<Socket>();

  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ host: hostname, port: Number(port), noDelay: true });
    const link = (socket: Socket, other: Socket) => {
      sockets.add(socket);
      // A connection that one side cuts is cut on the other, and the SDK tries again, as it does without a proxy.
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroySoon();
      });
    };
    link(client, upstream);
    link(upstream, client);
    let answered: ((answer: Buffer) => void) | undefined;
    let withhold: Withhold | undefined;
    const answerEndingIn = requestReader();
    upstream.on('data', (chunk) => {
      if (!withhold) client.write(chunk);
      if (!observe && !withhold) return;
      const answer = answerEndingIn(chunk);
      if (!answer) return;
      answered?.(answer.bytes);
      if (withhold && !withhold(answer)) client.write(answer.bytes);
    });
    const ask = (request: RawRequest, operation: string, lose: Withhold | undefined): void => {
      const { body } = request;
      const crash = writes.includes(operation) ? doomed(client.remotePort ?? 0) : undefined;
      withhold = lose ?? (crash && ((answer) => crashAfterWrite(answer, crash)));
      if (!observe) return void upstream.write(request.bytes);
      const startedAt = performance.now();
      answered = (answer) => observe({ operation, body, ms: performance.now() - startedAt }, answer);
      upstream.write(askForUnits(operation, request.bytes, body));
    };
    const requestEndingIn = requestReader();
    client.on('data', (chunk) => {
      const request = requestEndingIn(chunk);
      if (request) void take(request, client, ask);
    });
  });

  async function take(request: RawRequest, client: Socket, ask: Ask): Promise<void> {
    try {
      const foreign = foreignness(request.headers, programsOnly);
      if (foreign) throw new ServiceError('AccessDeniedException', foreign);
      admit(request);
      const [api = '', name = ''] = String(request.headers['x-amz-target']).split('.');
      const operation = api === 'DynamoDB_20120810' ? name : '';
      const faulty = operation ? database : streams;
      const { delayMs, fault } = faultsOf(faulty, name);
      if (delayMs > 0) await sleep(delayMs);
      if (fault?.kind === 'down') return void client.destroy();
      if (fault && fault.kind !== 'lost-answer' && fault.kind !== 'unprocessed') {
        const answer = faultyAnswer(faulty.service, fault.kind, name, request.body);
        observe?.({ operation, body: request.body, ms: delayMs }, Buffer.from(answer));
        return void client.write(answer);
      }
      const refusal = await check(operation, request.body.toString());
      const served = refusal ? undefined : serve(operation, request.body.toString());
      if (refusal) client.write(httpError(400, 'ValidationException', { message: refusal.message }));
      else if (served) client.write(await outcomeOf(served));
      else if (fault?.kind === 'unprocessed') askForHalf(request, operation, client, ask);
      else ask(request, operation, fault && loseAnswer(client, fault.ms));
    } catch (error) {
      // Whoever may not call is not listened to any further.
      if (error instanceof ServiceError) client.end(httpError(400, error.code, { message: error.message }, 'close'));
      // The SDK tries again, as it does when DynamoDB fails.
      else client.write(httpError(500, 'InternalServerError', { message: String(error) }));
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
    return httpAnswer(200, await served);
  } catch (error) {
    if (error instanceof ServiceError) return httpError(400, error.code, { message: error.message });
    throw error;
  }
}

/** Cuts the client's connection instead of an answer. */
const loseAnswer =
  (client: Socket, ms: number): Withhold =>
  () => {
    setTimeout(() => client.destroy(), ms);
    return true;
  };

/** Ends whoever has written, if the write was done, and nobody is left who could be answered. */
function crashAfterWrite({ bytes }: RawRequest, crash: () => void): boolean {
  if (!bytes.subarray(0, 12).equals(written)) return false;
  crash();
  return true;
}
const written = Buffer.from('HTTP/1.1 200');

/** Has half of a batch done, and answers as DynamoDB does when it couldn't do the rest. */
function askForHalf(request: RawRequest, operation: string, client: Socket, ask: Ask): void {
  const half = halved(operation, request);
  const answerAll = (answer: RawRequest) => {
    if (half) client.write(half.answerOf(answer));
    return half !== undefined;
  };
  ask(half?.request ?? request, operation, answerAll);
}
