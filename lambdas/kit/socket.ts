import type { APIGatewayProxyResultV2, Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { createPoster } from '#adapters/sockets/poster.ts';
import type { ByeEvent } from '#protocol/events.ts';
import { fail, type Result } from '#protocol/failures.ts';
import { limits } from '#protocol/limits.ts';
import { type Size, sizeOf } from '#protocol/size.ts';
import { frameId } from '#protocol/values.ts';
import { setting } from './environment.ts';
import { answerErrors } from './failures.ts';
import { invalid } from './invalid.ts';
import { correlate, count, invocation, note } from './invocation.ts';
import { readJson } from './json.ts';
import { requireOpen } from './maintenance.ts';
import { inMemory } from './rates.ts';
import { logSecurity } from './security-log.ts';

/** The context of a socket's event. API Gateway adds the result of the authorizer to each event. */
const SocketContext = z.object({
  connectionId: z.string(),
  authorizer: z.object({
    userId: z.string(),
    familyId: z.string(),
    /** The set of tables that knows the socket. Those that were opened before a release that says so have none. */
    generation: z.optional(z.string()),
  }),
});

export interface Socket {
  readonly connectionId: string;
  readonly userId: string;
  readonly familyId: string;
}

/** The part of API Gateway's event that is used here. */
export interface SocketEvent {
  readonly requestContext: { readonly requestId: string };
  readonly body?: string;
  /** The headers of the upgrade request, which only `$connect` has. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The socket of an event. Throws if the event has no result of the authorizer, which doesn't happen behind API Gateway. */
export function socketOf(event: SocketEvent): Socket {
  return contextOf(event).socket;
}

function contextOf({ requestContext }: SocketEvent): { socket: Socket; generation: string | undefined } {
  const { connectionId, authorizer } = SocketContext.parse(requestContext);
  const { userId, familyId, generation } = authorizer;
  return { socket: { connectionId, userId, familyId }, generation };
}

/**
 * API Gateway limits a frame to 32 KB, but a message of several frames may have 128 KB ("Quotas for configuring and running a
 * WebSocket API in API Gateway"). Such a message is read for its id only.
 */
const messageBytes = 128 * 1024;

const frameRule = 'A frame is one JSON object, without more values and levels than its action has.';

/** Charges the sender of a frame for additional work, as much as for so many frames. */
export type Charge = (frames: number) => void;

/**
 * The handler of a route for frames of one schema. API Gateway sends its result back on the socket. Each frame first takes a token
 * from its sender's bucket, which is in this environment's memory (decision 0048). One that gets none is answered at once, and
 * `refused` decides whether its socket is closed (decision 0098).
 */
export function frameHandler<Frame extends { readonly action: string }>(
  schema: z.ZodMiniType<Frame>,
  refused: (socket: Socket) => Promise<void>,
  run: (socket: Socket, frame: Frame, charge: Charge) => Promise<Result<unknown>>,
) {
  const size = { ...sizeOf(schema), units: messageBytes };
  const buckets = inMemory('frames');
  const present = process.env['GENERATION'];
  return invocation<SocketEvent, APIGatewayProxyResultV2>((event) => event.requestContext.requestId)
    .use(
      answerErrors<SocketEvent, APIGatewayProxyResultV2>((error, event) =>
        reply(idOf(readFrame(event, size)), { error }),
      ),
    )
    .handler(async (event) => {
      const { socket, generation } = contextOf(event);
      const { userId } = socket;
      note({ userId });
      const json = readFrame(event, size);
      const re = idOf(json);
      if (re !== null) correlate(String(re));
      const shut = requireOpen();
      if ('error' in shut) return reply(re, shut);
      if ((generation ?? present) !== present) return moveOn;
      const waitMs = buckets.take(userId, Date.now());
      if (waitMs > 0) {
        count('RateLimited');
        await refused(socket);
        return reply(re, fail('rate_limited', undefined, waitMs));
      }
      if (Buffer.byteLength(event.body ?? '') > limits.frameBytes) return reply(re, fail('too_large'));
      if ('error' in json) return reply(re, json);
      const frame = schema.safeParse(json.ok);
      if (!frame.success) return reply(re, invalid(frame.error));
      note({ action: frame.data.action });
      const result = await run(socket, frame.data, (frames) => buckets.charge(userId, Date.now(), frames));
      if ('error' in result && result.error.code === 'rate_limited') count('RateLimited');
      if ('error' in result && result.error.code === 'forbidden')
        logSecurity({ name: 'forbidden', ...socket, operation: frame.data.action });
      return reply(re, result);
    });
}

/** How long the post of an answer is tried, in ms. */
const answerPatienceMs = 2_000;

/**
 * The handler of a route without a response: API Gateway drops what it returns, so what says more than that a frame was `ok` is posted to
 * the socket.
 */
export function answerFailuresOnly(
  handler: (event: SocketEvent, context: Context) => Promise<APIGatewayProxyResultV2>,
): typeof handler {
  const poster = createPoster({ endpoint: setting('WEBSOCKET_ENDPOINT'), region: setting('AWS_REGION') });
  return async (event, context) => {
    const answer = await handler(event, context);
    const body = typeof answer === 'object' ? answer.body : undefined;
    if (body !== undefined && !('ok' in JSON.parse(body)))
      await poster.post([socketOf(event).connectionId], body, Date.now() + answerPatienceMs);
    return answer;
  };
}

/**
 * The answer to any frame of a socket that an earlier set of tables knew and the restore didn't find, so that nothing arrives on it.
 * The client opens another one.
 */
const bye: ByeEvent = { type: 'bye', reason: 'maintenance', reconnect: true };
const moveOn: APIGatewayProxyResultV2 = { statusCode: 200, body: JSON.stringify({ events: [bye] }) };

/** The reply to a frame. `re` is the frame's id. */
function reply(re: string | number | null, result: Result<unknown>): APIGatewayProxyResultV2 {
  return { statusCode: 200, body: JSON.stringify({ re, ...result }) };
}

function readFrame({ body = '' }: SocketEvent, size: Size): Result<object> {
  const json = readJson(body, size);
  if ('ok' in json && typeof json.ok === 'object' && json.ok !== null && !Array.isArray(json.ok))
    return { ok: json.ok };
  return 'error' in json && json.error.code === 'too_large' ? json : fail('bad_request', frameRule);
}

/**
 * The contract doesn't allow numbers as ids. They are accepted here, so that a client that sends them sees which frame was wrong.
 */
const AnyId = z.union([frameId, z.number()]);

/** The id of a frame for the reply, or null. It need not be valid, since the reply may be about just that. */
function idOf(frame: Result<object>): string | number | null {
  const id = AnyId.safeParse('ok' in frame && 'id' in frame.ok ? frame.ok.id : undefined);
  return id.success ? id.data : null;
}
