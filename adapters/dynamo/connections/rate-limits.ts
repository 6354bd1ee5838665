import * as z from 'zod/mini';
import { type Expression, expression, list, name } from '#adapters/dynamo/expression.ts';
import type { Item, Table } from '#adapters/dynamo/table.ts';
import { takeFrom, tokenBucketTime } from '#adapters/dynamo/token-bucket.ts';
import { type Rate, waitMs } from '#core/rate-limits/token-bucket.ts';
import { fail, type Result } from '#protocol/failures.ts';

/** What is counted for a person wherever they do it. */
const kinds = ['revisions', 'conversations', 'membersAdded', 'searches'] as const;
type Kind = (typeof kinds)[number];

const attribute = (kind: Kind) => `${kind}FullAt`;

/**
 * Takes what something costs from a person's token buckets, all or nothing. They stand on their row of the Connections table, so for
 * someone who has erased their account it is `unauthorized`; `rate_limited` beyond them. 1 write unit, 2 in quick succession.
 */
export function createRateLimits(connections: Table, rates: Readonly<Record<Kind, Rate>>) {
  return async (userId: string, cost: Partial<Record<Kind, number>>, now: number): Promise<Result<void>> => {
    for (let row: Item = {}; ; ) {
      const takings = kinds.flatMap((kind) => {
        const tokens = cost[kind] ?? 0;
        const stored = z.optional(z.number()).parse(row[attribute(kind)]);
        const fullAt = stored === undefined ? undefined : tokenBucketTime(stored);
        return tokens > 0 ? { kind, rate: rates[kind], tokens, fullAt, now } : [];
      });
      const wait = Math.max(0, ...takings.map(({ rate, fullAt, tokens }) => waitMs(rate, fullAt, now, tokens)));
      if (wait > 0) return fail('rate_limited', undefined, wait);

      const steps = takings.map((taking) => takeFrom(expression`${name(attribute(taking.kind))}`, taking));
      const written = await connections.update({ userId }, expression`SET ${list(steps.map(({ set }) => set))}`, {
        if: steps.reduce<Expression>(
          (all, { guessed, enough }) => expression`${all} AND ${guessed} AND ${enough}`,
          expression`attribute_exists(userId)`,
        ),
      });
      if (written.done) return { ok: undefined };
      if (!written.item) return fail('unauthorized');
      row = written.item;
    }
  };
}
