import middy from '@middy/core';
import type { APIGatewayProxyResultV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import { createTokenBuckets } from '#core/rate-limits/token-bucket.ts';
import { fail, type Result } from '#protocol/failures.ts';
import { limits } from '#protocol/limits.ts';
import { frameId } from '#protocol/values.ts';
import { answerErrors } from './failures.ts';
import { correlate, correlated } from './log.ts';
import { rates } from './rate-limits.ts';

/** The context of a socket's event. API Gateway adds the result of the authorizer to each event. */
const SocketContext = z.object({
  connectionId: z.string(),
  authorizer: z.object({ userId: z.string(), familyId: z.string() }),
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
  const { connectionId, authorizer } = SocketContext.parse(event.requestContext);
  return { connectionId, ...authorizer };
}

/** Charges the sender of a frame for additional work, as much as for so many frames. */
export type Charge = (frames: number) => void;

/** The number of users whose frames an environment counts, which takes about 1 MB. */
const countedPeople = 10_000;

/**
 * The handler of a route for frames. API Gateway sends its result back on the socket. Each frame first takes a token from its
 * sender's token bucket, which is in this environment's memory (decision 0048).
 */
export function frameHandler(run: (socket: Socket, frame: unknown, charge: Charge) => Promise<Result<unknown>>) {
  const tokenBuckets = createTokenBuckets(rates().frames, countedPeople);
  const limited = async (socket: Socket, frame: unknown): Promise<Result<unknown>> => {
    const { userId } = socket;
    const waitMs = tokenBuckets.take(userId, Date.now());
    if (waitMs > 0) return fail('rate_limited', undefined, waitMs);
    return run(socket, frame, (frames) => tokenBuckets.charge(userId, Date.now(), frames));
  };
  return middy<SocketEvent, APIGatewayProxyResultV2>()
    .use(correlated<SocketEvent>((event) => event.requestContext.requestId))
    .use(answerErrors<SocketEvent, APIGatewayProxyResultV2>((error, event) => reply(idOf(readFrame(event)), { error })))
    .handler(async (event) => {
      const frame = readFrame(event);
      const re = idOf(frame);
      if (re !== null) correlate(String(re));
      // API Gateway limits a WebSocket frame to 32 KB, but a message of several frames may have 128 KB.
      if (Buffer.byteLength(event.body ?? '') > limits.frameBytes) return reply(re, fail('too_large'));
      return reply(re, 'error' in frame ? frame : await limited(socketOf(event), frame.ok));
    });
}

/** The reply to a frame. `re` is the frame's id. */
function reply(re: string | number | null, result: Result<unknown>): APIGatewayProxyResultV2 {
  return { statusCode: 200, body: JSON.stringify({ re, ...result }) };
}

function readFrame({ body = '' }: SocketEvent): Result<object> {
  try {
    const frame: unknown = JSON.parse(body);
    if (typeof frame === 'object' && frame !== null && !Array.isArray(frame)) return { ok: frame };
  } catch {
    // The failure below is also the one for JSON that isn't an object.
  }
  return fail('bad_request', 'A frame is one JSON object.');
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
