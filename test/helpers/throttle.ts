/** Posts that begin at a time, in ms. */
export interface Posts {
  readonly at: number;
  readonly count: number;
}

/**
 * How many posts API Gateway refuses at a quota of so many requests per second, of which others take 30 %. Its bucket has as many as come in
 * half a second ("Amazon API Gateway quotas"). `posts` are in the order of time.
 */
export function refused(posts: readonly Posts[], requestsPerSecond: number): number {
  const size = requestsPerSecond / 2;
  let tokens = size;
  let last = 0;
  let none = 0;
  for (const { at, count } of posts) {
    tokens = Math.min(size, tokens + ((at - last) * requestsPerSecond * 0.7) / 1_000) - count;
    last = at;
    none += Math.max(0, -tokens);
    tokens = Math.max(0, tokens);
  }
  return Math.round(none);
}

/** The most posts in any second. `posts` are in the order of time. */
export function mostInASecond(posts: readonly Posts[]): number {
  let sum = 0;
  let most = 0;
  for (let first = 0, i = 0; i < posts.length; i++) {
    const { at = 0, count = 0 } = posts[i] ?? {};
    sum += count;
    for (; (posts[first]?.at ?? at) <= at - 1_000; first++) sum -= posts[first]?.count ?? 0;
    most = Math.max(most, sum);
  }
  return most;
}
