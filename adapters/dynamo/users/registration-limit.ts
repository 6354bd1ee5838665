import * as z from 'zod/mini';
import { expression, name } from '#adapters/dynamo/expression.ts';
import type { Table } from '#adapters/dynamo/table.ts';
import { takeFrom, tokenBucketTime, waitMs } from '#adapters/dynamo/token-bucket.ts';
import { type Rate, tokensMs } from '#core/rate-limits/token-bucket.ts';
import { fail, type Result } from '#protocol/failures.ts';

const Row = z.object({ fullAt: z.number() });

/**
 * Limits the accounts that are created from one network, by a token bucket in a row of its own, which ends when the bucket is full
 * again. It costs 1 write unit, and another one if the bucket is not full. Error: `too_many_attempts`, with the ms to wait.
 */
export function createRegistrationLimit(users: Table, rate: Rate) {
  return async (network: string, now: number): Promise<Result<void>> => {
    const expiresAt = Math.ceil((now + tokensMs(rate, rate.burst)) / 1000);
    for (let fullAt: number | undefined; ; ) {
      const wait = waitMs(rate, fullAt, now);
      if (wait > 0) return fail('too_many_attempts', undefined, wait);
      const { set, guessed, enough } = takeFrom(expression`${name('fullAt')}`, { rate, now, fullAt });
      const written = await users.update(
        { pk: `registrations#${network}`, sk: 'registrations' },
        expression`SET ${set}, expiresAt = ${expiresAt}`,
        { if: expression`${guessed} AND ${enough}` },
      );
      if (written.done) return { ok: undefined };
      fullAt = written.item && tokenBucketTime(Row.parse(written.item).fullAt);
    }
  };
}
