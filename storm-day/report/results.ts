import type { measurePrices } from '#bench/prices.ts';
import type { Counts, Verdict } from '#checker/judge.ts';
import type { runDay } from '../day.ts';

/** The raw data of a day, as `docs/storm-day/results.json` has it. */
export interface Results extends Omit<Awaited<ReturnType<typeof runDay>>, 'histories'> {
  /** When it began, in RFC 3339. */
  readonly at: string;
  readonly seconds: number;
  /** What was checked out, with `-dirty` if files were changed. Empty outside of a repository. */
  readonly commit: string;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryGb: number;
    readonly node: string;
    readonly load: number;
  };
  /** The size of what the clients saw, in MB. */
  readonly historyMb: number;
  /** The quota of requests per second that the app was told. */
  readonly requestsPerSecond: number;
  readonly verdict: {
    readonly valid: Verdict['valid'];
    readonly counts: Counts;
    readonly operations: Verdict['operations'];
    readonly findings: Verdict['findings'];
    readonly countOf: Readonly<Record<string, number>>;
    readonly unjudged: readonly string[];
  };
  readonly prices: Awaited<ReturnType<typeof measurePrices>>;
}
