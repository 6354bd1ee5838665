import type { Notified } from '#core/push/ports.ts';

interface Host {
  running: number;
  /** How many posts in a row got no answer in time. */
  timeouts: number;
  readonly waiting: (() => void)[];
}

/** The most posts to one host at the same time. Others wait. */
const atOnce = 10;
/** A host hangs after so many posts in a row without an answer in time. */
const timeoutsOfHanging = 3;
/** The most hosts that are remembered. */
const mostHosts = 1_000;

/**
 * Limits the posts to each host, for one instance of a function. While a host hangs, there is one post to it at a time, and the
 * others fail at once. The first answer, whatever it is, ends that.
 */
export function createHostLimits() {
  const hosts = new Map<string, Host>();

  function entry(name: string): Host {
    const known = hosts.get(name);
    if (known) return known;
    if (hosts.size >= mostHosts) for (const [other, { running }] of hosts) if (running === 0) hosts.delete(other);
    const host: Host = { running: 0, timeouts: 0, waiting: [] };
    hosts.set(name, host);
    return host;
  }

  return {
    /** Runs a post, which throws if there is no answer: with a `TimeoutError` if that is for lack of time. */
    async run(name: string, post: () => Promise<Notified>): Promise<Notified> {
      const host = entry(name);
      while (host.running >= atOnce && !hangs(host)) await new Promise<void>((resolve) => host.waiting.push(resolve));
      if (hangs(host) && host.running > 0) return { failed: `${name} does not answer`, untried: true };
      host.running++;
      try {
        const notified = await post();
        host.timeouts = 0;
        return notified;
      } catch (error) {
        if (error instanceof Error && error.name === 'TimeoutError') host.timeouts++;
        return { failed: error instanceof Error ? error.message : 'The push service could not be reached' };
      } finally {
        host.running--;
        // While the host hangs, those who wait are woken together, and fail.
        for (const wake of host.waiting.splice(0, hangs(host) ? host.waiting.length : 1)) wake();
      }
    },
  };
}

function hangs({ timeouts }: Host): boolean {
  return timeouts >= timeoutsOfHanging;
}
