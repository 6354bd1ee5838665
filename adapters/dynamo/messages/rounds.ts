import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { expression } from '#adapters/dynamo/expression.ts';
import type { Table } from '#adapters/dynamo/table.ts';
import type { Served } from '#core/delivery/progress.ts';
import type { Run } from '#core/delivery/rounds.ts';
import { keys } from './keys.ts';

/**
 * How long a run counts as running after it has stored how far it is, in ms. It does so every 2 seconds, and later only while it waits for
 * its share of the posts.
 */
const holdMs = 10_000;

/** A time that is further ahead than this is that of a clock that was wrong (decision 0147). In ms. */
const furthestMs = 20_000;

const Stored = z.object({
  /** What each member has: up to the id `to`, those after the one before. */
  served: z._default(z.array(z.object({ to: z.string(), seq: z.number() })), []),
  runningUntil: z.optional(z.number()),
});

/** The deliveries of large conversations in rounds (core/delivery/rounds.ts), an item for each. It is written every 2 seconds. */
export function createRounds(table: Table, now: () => number) {
  return {
    /** Begins a run. Those before it end when they next store how far they are. */
    async begin(conversationId: string): Promise<Run> {
      const key = keys.rounds(conversationId);
      const run = randomUUID();
      const ours = { if: expression`run = ${run}` };
      const { item } = await table.update(key, expression`SET run = ${run}, runningUntil = ${now() + holdMs}`);
      return {
        served: Stored.parse(item).served,
        async keep(served: readonly Served[]) {
          const set = expression`SET served = ${served}, runningUntil = ${now() + holdMs}`;
          return (await table.update(key, set, ours)).done;
        },
        async rest(served: readonly Served[]) {
          return (await table.update(key, expression`SET served = ${served} REMOVE runningUntil`, ours)).done;
        },
      };
    },

    /**
     * Whether a run will see changes up to a `seq`, or has delivered them. If it is read consistently after they were stored, none is
     * missed: a run looks for changes once more after it has said that it rests.
     */
    async isSeenTo(conversationId: string, seq: number, options: { consistent: boolean }): Promise<boolean> {
      const item = await table.get(keys.rounds(conversationId), options);
      const { served, runningUntil = 0 } = Stored.parse(item ?? {});
      const ahead = runningUntil - now();
      if (ahead > 0 && ahead <= furthestMs) return true;
      return served.length > 0 && served.every((part) => part.seq >= seq);
    },
  };
}
