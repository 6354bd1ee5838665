import * as z from 'zod/mini';
import { type Expression, expression, list, name } from '#adapters/dynamo/expression.ts';
import type { Item, Table } from '#adapters/dynamo/table.ts';
import { takeFrom, tokenBucketTime, waitMs } from '#adapters/dynamo/token-bucket.ts';
import type { Rate } from '#core/rate-limits/token-bucket.ts';
import { fail, type Result } from '#protocol/failures.ts';

/** The limits that apply to a user as a whole. The limit of messages isn't among them: it applies per conversation. */
const kinds = ['revisions', 'conversations', 'directs', 'membersAdded', 'searches', 'profiles'] as const;
type Kind = (typeof kinds)[number];

const attribute = (kind: Kind) => `${kind}FullAt`;

/**
 * Takes the tokens of all kinds that an action costs from a user's token buckets, or none of them. `now` is in ms since 1970. The
 * buckets are in the user's row of the table Connections. Errors: `rate_limited`, with the ms to wait, if a bucket has too few
 * tokens; `unauthorized` if the user has no row, because the account is erased. It costs 1 write unit, and another one if the
 * user's buckets were not full.
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
