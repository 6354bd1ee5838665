import type { Counts, Verdict } from '#checker/judge.ts';
import type { runDay } from '../day.ts';
import type { measurePrices } from '../prices.ts';

/** The raw data of a day, as `docs/storm-day/results.json` has it. */
export interface Results extends Omit<Awaited<ReturnType<typeof runDay>>, 'histories'> {
  /** When it began, in RFC 3339. */
  readonly at: string;
  readonly seconds: number;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryGb: number;
    readonly node: string;
    readonly load: number;
  };
  /** The size of what the clients saw, in MB. */
  readonly historyMb: number;
  readonly verdict: {
    readonly valid: Verdict['valid'];
    readonly counts: Counts;
    readonly findings: Verdict['findings'];
    readonly countOf: Readonly<Record<string, number>>;
    readonly unjudged: readonly string[];
  };
  readonly prices: Awaited<ReturnType<typeof measurePrices>>;
}
