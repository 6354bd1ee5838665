import type { IncomingHttpHeaders } from 'node:http';

/** Statuses that CloudFront caches whatever the origin says; the others only where `Cache-Control` or `Expires` asks for it. */
const ALWAYS_CACHED: ReadonlySet<number> = new Set([404, 405, 414, 500, 501, 502, 503, 504]);

/** The time that CloudFront keeps an error unless the distribution has its own ("Error caching minimum TTL"), in seconds. */
const DEFAULT_TTL = 10;

export interface CachedError {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * The errors that a distribution keeps, as CloudFront does even where a policy disables caching. `ttls` are the distribution's own minimum
 * times by status, in seconds. Source: AWS, "How CloudFront processes and caches HTTP 4xx and 5xx status codes from your origin".
 */
export class ErrorCache {
  readonly #ttls: ReadonlyMap<number, number | undefined>;
  readonly #errors = new Map<string, CachedError & { readonly until: number }>();
  readonly #now: () => number;

  constructor(ttls: ReadonlyMap<number, number | undefined>, now: () => number = Date.now) {
    this.#ttls = ttls;
    this.#now = now;
  }

  get(key: string): CachedError | undefined {
    const error = this.#errors.get(key);
    if (error && error.until > this.#now()) return error;
    this.#errors.delete(key);
    return undefined;
  }

  /** Returns for how long an error with this status is kept, in seconds; 0 for what is not kept. */
  ttlOf(status: number): number {
    return ALWAYS_CACHED.has(status) ? (this.#ttls.get(status) ?? DEFAULT_TTL) : 0;
  }

  clear(): void {
    this.#errors.clear();
  }

  set(key: string, error: CachedError): void {
    this.#errors.set(key, { ...error, until: this.#now() + this.ttlOf(error.status) * 1000 });
  }
}
