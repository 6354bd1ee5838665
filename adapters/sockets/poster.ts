import { setTimeout as sleep } from 'node:timers/promises';
import { fullJitter } from '#core/backoff.ts';
import { type Answer, HttpConnection } from './http-connection.ts';
import { type Credentials, createSigner, escapeSegment } from './signer.ts';

export interface PosterOptions {
  /** Base URL of the WebSocket API's stage, with `https:` (or `http:` on a laptop). */
  readonly endpoint: string;
  readonly region: string;
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

/**
 * Posts frames to WebSocket connections (`PostToConnection`) with a fraction of the CPU that the SDK's client takes (decision
 * 0035). `post` doesn't try again after its `deadline`, in ms since 1970. It must be at most 5 minutes away, since a signature is
 * valid that long. Throws if the environment has no AWS credentials.
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

  async function sendUntil(
    deadline: number,
    path: string,
    headers: string,
    body: Uint8Array,
  ): Promise<Answer & { tries: number }> {
    for (let tries = 0, answer: Answer = { status: 0, reason: 'past the deadline' }; ; ) {
      const left = deadline - Date.now();
      if (left <= 0) return { ...answer, tries };
      answer = await send(path, headers, body, Math.min(left, TRY_TIMEOUT_MS));
      tries++;
      if (!passes(answer) || tries === MAX_TRIES) return { ...answer, tries };
      const pause = answer.stale ? 0 : fullJitter(Math.random, BACKOFF, tries);
      if (Date.now() + pause >= deadline) return { ...answer, tries };
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
    let requests = 0;
    let reason: string | undefined;

    const ids = connectionIds[Symbol.iterator]();
    async function work() {
      for (let next = ids.next(); !next.done; next = ids.next()) {
        const path = prefix + escapeSegment(next.value);
        const { tries, ...answer } = await sendUntil(deadline, path, headersOf(path), body);
        requests += tries;
        if (answer.status >= 200 && answer.status < 300) delivered++;
        else if (answer.status === 410) gone.push(next.value);
        else {
          failed.push(next.value);
          reason = answer.reason;
        }
      }
    }
    await Promise.all(Array.from({ length: concurrency }, work));
    return { delivered, gone, failed, requests, ...(reason !== undefined && { reason }) };
  }

  /** Closes the idle connections that are kept for the next post. */
  function close(): void {
    for (const connection of idle.splice(0)) connection.close();
  }

  return { post, close };
}

export type Poster = ReturnType<typeof createPoster>;

/** Whether a failure may pass: the request was throttled, the service had a fault, or there was no answer. */
function passes({ status }: Answer): boolean {
  return status === 0 || status === 429 || status >= 500;
}

/** Reads the credentials of the environment. They are read for every post, because they may rotate. */
function environmentCredentials(): Credentials {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) throw new Error('The environment has no AWS credentials');
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
  };
}
