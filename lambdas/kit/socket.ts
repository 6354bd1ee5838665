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

/** An event of an authorised socket: what the authorizer said of it comes along with every one. */
const SocketContext = z.object({
  connectionId: z.string(),
  authorizer: z.object({ userId: z.string(), familyId: z.string() }),
});

export interface Socket {
  readonly connectionId: string;
  readonly userId: string;
  readonly familyId: string;
}

/** The part of API Gateway's event that we look at. */
export interface SocketEvent {
  readonly requestContext: { readonly requestId: string };
  readonly body?: string;
  /** Of the upgrade request; only `$connect` has them. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Who is at the other end. Throws when the event is of no authorised socket, which API Gateway doesn't send. */
export function socketOf(event: SocketEvent): Socket {
  const { connectionId, authorizer } = SocketContext.parse(event.requestContext);
  return { connectionId, ...authorizer };
}

/** Charges the sender of a frame for work that is worth as many frames more. */
export type Charge = (frames: number) => void;

/** People whose frames one environment counts: 1 MB or so. */
const countedPeople = 10_000;

/**
 * The handler of a route whose reply goes back on the same socket as the route response. Each person's frames take from a token bucket
 * in this environment's memory before anything else is done for them: decision 0048.
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
      // Smaller frames can make up a message of up to 128 KB.
      if (Buffer.byteLength(event.body ?? '') > limits.frameBytes) return reply(re, fail('too_large'));
      return reply(re, 'error' in frame ? frame : await limited(socketOf(event), frame.ok));
    });
}

/** What goes back on the socket: `re` is the id of the frame that it is about. */
function reply(re: string | number | null, result: Result<unknown>): APIGatewayProxyResultV2 {
  return { statusCode: 200, body: JSON.stringify({ re, ...result }) };
}

function readFrame({ body = '' }: SocketEvent): Result<object> {
  try {
    const frame: unknown = JSON.parse(body);
    if (typeof frame === 'object' && frame !== null && !Array.isArray(frame)) return { ok: frame };
  } catch {
    // Said below, as for every other text that is no object.
  }
  return fail('bad_request', 'A frame is one JSON object.');
}

/** Also numbers, which the contract doesn't have: a client that sends them should see which frame was wrong. */
const AnyId = z.union([frameId, z.number()]);

/** The client's own id, so that it knows which frame an error is about, even where the id is what doesn't fit. */
function idOf(frame: Result<object>): string | number | null {
  const id = AnyId.safeParse('ok' in frame && 'id' in frame.ok ? frame.ok.id : undefined);
  return id.success ? id.data : null;
}
