import { setTimeout as sleep } from 'node:timers/promises';
import { fullJitter } from '#core/backoff.ts';
import { type Answer, HttpConnection } from './http-connection.ts';
import { type Credentials, createSigner, escapeSegment } from './signer.ts';

export interface PosterOptions {
  /** Base URL of the WebSocket API's stage, with `https:` (or `http:` on a laptop). */
  readonly endpoint: string;
  readonly region: string;
  /** How many connections one call of `post` works on at once. */
  readonly concurrency?: number;
}

export interface PostOutcome {
  /** How many connections API Gateway said it delivered to. */
  readonly delivered: number;
  /** Connections that no longer exist (410). */
  readonly gone: readonly string[];
  /**
   * Connections that got nothing as far as is known: refused for good (any other 4xx), or still failing (429, 5xx, no answer)
   * after the last try or at the deadline. One that never answered may have been delivered to: posting again can repeat a frame.
   */
  readonly failed: readonly string[];
  /** Why the last of `failed` did, for the log. */
  readonly reason?: string;
}

const MAX_TRIES = 4;
const TRY_TIMEOUT_MS = 3_000;
/** In ms. */
const BACKOFF = { first: 200, longest: 800 };

/**
 * Posts frames to WebSocket connections (`PostToConnection`) at a fraction of the SDK client's CPU: docs/decisions/0035.
 * `deadline` is in milliseconds since 1970 and at most 5 minutes away (the life of a signature).
 */
export function createPoster({ endpoint, region, concurrency = 64 }: PosterOptions) {
  const url = new URL(endpoint);
  const prefix = `${url.pathname.replace(/\/$/, '')}/@connections/`;
  const signPosts = createSigner({ host: url.host, region });
  const idle: HttpConnection[] = [];

  async function send(path: string, headers: string, body: Uint8Array, timeoutMs: number): Promise<Answer> {
    let connection = idle.pop();
    while (connection && !connection.usable) connection = idle.pop();
    connection ??= new HttpConnection(url);
    const answer = await connection.post(path, headers, body, timeoutMs);
    if (connection.usable) idle.push(connection);
    return answer;
  }

  async function sendUntil(deadline: number, path: string, headers: string, body: Uint8Array): Promise<Answer> {
    for (let tries = 1, answer: Answer = { status: 0, reason: 'past the deadline' }; ; tries++) {
      const left = deadline - Date.now();
      if (left <= 0) return answer;
      answer = await send(path, headers, body, Math.min(left, TRY_TIMEOUT_MS));
      if (!passes(answer) || tries === MAX_TRIES) return answer;
      const pause = answer.stale ? 0 : fullJitter(Math.random, BACKOFF, tries);
      if (Date.now() + pause >= deadline) return answer;
      await sleep(pause);
    }
  }

  async function post(
    connectionIds: Iterable<string>,
    frame: string | Uint8Array,
    deadline: number,
  ): Promise<PostOutcome> {
    const body = typeof frame === 'string' ? Buffer.from(frame) : frame;
    const headersOf = signPosts(body, environmentCredentials(), new Date());
    const gone: string[] = [];
    const failed: string[] = [];
    let delivered = 0;
    let reason: string | undefined;

    const ids = connectionIds[Symbol.iterator]();
    async function work() {
      for (let next = ids.next(); !next.done; next = ids.next()) {
        const path = prefix + escapeSegment(next.value);
        const answer = await sendUntil(deadline, path, headersOf(path), body);
        if (answer.status >= 200 && answer.status < 300) delivered++;
        else if (answer.status === 410) gone.push(next.value);
        else {
          failed.push(next.value);
          reason = answer.reason;
        }
      }
    }
    await Promise.all(Array.from({ length: concurrency }, work));
    return { delivered, gone, failed, ...(reason !== undefined && { reason }) };
  }

  /** Ends the connections that are kept for the next post. */
  function close(): void {
    for (const connection of idle.splice(0)) connection.close();
  }

  return { post, close };
}

export type Poster = ReturnType<typeof createPoster>;

/** Throttled, a fault of the service, or no answer: worth another try. */
function passes({ status }: Answer): boolean {
  return status === 0 || status === 429 || status >= 500;
}

/** Read at every post, so that rotated credentials are seen. */
function environmentCredentials(): Credentials {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) throw new Error('The environment has no AWS credentials');
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
  };
}
