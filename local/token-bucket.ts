export interface TokenBucket {
  /** Takes a token. Returns false if there is none. */
  take(): boolean;
}

/**
 * Throttles as API Gateway does: the bucket gains `rate` tokens each second and holds at most `burst`.
 * AWS: "Throttle requests to your REST APIs for better throughput in API Gateway" (the token bucket algorithm).
 */
export function tokenBucket(rate: number, burst: number): TokenBucket {
  let tokens = burst;
  let filledAt = performance.now();
  return {
    take() {
      const now = performance.now();
      tokens = Math.min(burst, tokens + ((now - filledAt) / 1000) * rate);
      filledAt = now;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
