/** That the posts to a browser's endpoint fail, one after the other. Times are in ms since 1970. */
export interface Failing {
  readonly count: number;
  readonly since: number;
  /** Nothing is posted to the endpoint before. */
  readonly restsUntil: number;
}

const firstRestMs = 20_000;
const longestRestMs = 3_600_000;
/** So many failures, over so long a time at least, end a subscription. An outage of a large push service lasts for hours. */
const end = { failures: 10, ms: 24 * 3_600_000 };
/** The most failures after which a notification still waits for the endpoint. These take some minutes. */
const patience = 5;

/** The state after one more failure. The first one causes no rest. From the second one the rest doubles, up to an hour. */
export function failedAgain(before: Failing | undefined, now: number): Failing {
  const count = (before?.count ?? 0) + 1;
  const restMs = count < 2 ? 0 : Math.min(longestRestMs, firstRestMs * 2 ** (count - 2));
  return { count, since: before?.since ?? now, restsUntil: now + restMs };
}

/** Whether the subscription ends with the failure that led to this state. */
export function endsWith({ count, since }: Failing, now: number): boolean {
  return count >= end.failures && now - since >= end.ms;
}

/** Whether a notification is tried again for an endpoint in this state. Otherwise only the next message is tried. */
export function isWorthWaiting({ count }: Failing): boolean {
  return count <= patience;
}
