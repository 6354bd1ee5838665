import { setTimeout as sleep } from 'node:timers/promises';
import { type Access, environmentCredentials, environmentRegion } from '#adapters/aws/environment.ts';
import type { Answer } from '#adapters/aws/http-connection.ts';
import { createPool } from '#adapters/aws/pool.ts';
import { type Content, createSigner, escapeSegment } from '#adapters/aws/signer.ts';
import { fullJitter } from '#core/backoff.ts';

export interface PosterOptions extends Access {
  /** Base URL of the WebSocket API's stage, with `https:` (or `http:` on a laptop). */
  readonly endpoint: string;
  /** How many requests one call of `post` has under way at most; 64 unless given. */
  readonly concurrency?: number;
}

export interface PostOutcome {
  /** The number of connections for which API Gateway answered that it delivered the frame. */
  readonly delivered: number;
  /** Connections that no longer exist (410). */
  readonly gone: readonly string[];
  /**
   * Connections to which the frame was not delivered as far as is known. Either API Gateway refused it (any other 4xx), or it still
   * failed (429, 5xx, no answer) at the last try or at the deadline. If there was no answer, the frame may have been delivered, so
   * posting it again can repeat it.
   */
  readonly failed: readonly string[];
  /** For the log: why the last of `failed` failed. */
  readonly reason?: string;
  /** How many requests were made, repeated ones included. */
  readonly requests: number;
}

const MAX_TRIES = 4;
const TRY_TIMEOUT_MS = 3_000;
/** In ms. */
const BACKOFF = { first: 200, longest: 800 };

/** How a request ended, after how many tries. */
interface Ended extends Pick<Answer, 'status' | 'reason'> {
  readonly tries: number;
}

/**
 * Posts frames to WebSocket connections (`PostToConnection`) with a fraction of the CPU that the SDK's client takes (decision
 * 0035), and closes them. Nothing is tried again after its `deadline`, in ms since 1970. It must be at most 5 minutes away, since a
 * signature is valid that long. Throws if there are no credentials.
 */
export function createPoster(options: PosterOptions) {
  const { endpoint, region = environmentRegion(), credentials = environmentCredentials, concurrency = 64 } = options;
  const url = new URL(endpoint);
  const prefix = `${url.pathname.replace(/\/$/, '')}/@connections/`;
  const sign = createSigner({ host: url.host, region, service: 'execute-api' });
  const { request, close } = createPool(url);

  async function sendUntil(deadline: number, { method, body }: Content, path: string, headers: string): Promise<Ended> {
    for (let tries = 0, last = { status: 0, reason: 'past the deadline' }; ; ) {
      const left = deadline - Date.now();
      if (left <= 0) return { ...last, tries };
      const answer = await request({ method, path, headers, body }, Math.min(left, TRY_TIMEOUT_MS));
      last = answer;
      tries++;
      if (!passes(answer) || tries === MAX_TRIES) return { ...answer, tries };
      const pause = answer.stale ? 0 : fullJitter(Math.random, BACKOFF, tries);
      if (Date.now() + pause >= deadline) return { ...answer, tries };
      await sleep(pause);
    }
  }

  /** Makes the same request for each of the connections. */
  async function forEach(connectionIds: Iterable<string>, deadline: number, content: Content): Promise<PostOutcome> {
    const headersOf = sign(content, credentials(), new Date());
    const gone: string[] = [];
    const failed: string[] = [];
    let delivered = 0;
    let requests = 0;
    let reason: string | undefined;

    const ids = connectionIds[Symbol.iterator]();
    function take(): string | undefined {
      const next = ids.next();
      return next.done ? undefined : next.value;
    }
    async function work(first: string) {
      for (let id: string | undefined = first; id !== undefined; id = take()) {
        const path = prefix + escapeSegment(id);
        const { tries, status, reason: why } = await sendUntil(deadline, content, path, headersOf(path));
        requests += tries;
        if (status >= 200 && status < 300) delivered++;
        else if (status === 410) gone.push(id);
        else {
          failed.push(id);
          reason = why;
        }
      }
    }
    const working: Promise<void>[] = [];
    while (working.length < concurrency) {
      const id = take();
      if (id === undefined) break;
      working.push(work(id));
    }
    await Promise.all(working);
    return { delivered, gone, failed, requests, ...(reason !== undefined && { reason }) };
  }

  return {
    post(connectionIds: Iterable<string>, frame: string | Uint8Array, deadline: number): Promise<PostOutcome> {
      const body = typeof frame === 'string' ? Buffer.from(frame) : frame;
      const headers = { 'content-type': 'application/octet-stream' };
      return forEach(connectionIds, deadline, { method: 'POST', headers, body });
    },

    /** Closes connections (`DeleteConnection`). In the outcome, those that it has closed are `delivered`. */
    disconnect(connectionIds: Iterable<string>, deadline: number): Promise<PostOutcome> {
      return forEach(connectionIds, deadline, { method: 'DELETE', headers: {}, body: new Uint8Array() });
    },

    /** Closes the idle connections that are kept for the next post. */
    close,
  };
}

export type Poster = Pick<ReturnType<typeof createPoster>, 'post'>;

/** Whether a failure may pass: the request was throttled, the service had a fault, or there was no answer. */
function passes({ status }: Answer): boolean {
  return status === 0 || status === 429 || status >= 500;
}
