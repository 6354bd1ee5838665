import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { expression } from '#adapters/dynamo/expression.ts';
import type { Key, Table } from '#adapters/dynamo/table.ts';
import { takeFrom, tokenBucketTime, waitMs } from '#adapters/dynamo/token-bucket.ts';
import type { MailLimits } from '#core/accounts/mail-limits.ts';
import { tokensMs } from '#core/rate-limits/token-bucket.ts';
import { fail } from '#protocol/failures.ts';

const Row = z.object({ fullAt: z.optional(z.number()) });

/** The keys of mailboxes and networks are hashed, because they outlive the accounts that they are about. */
const rowKey = (key: string): Key => ({
  pk: `mails#${createHash('sha256').update(key).digest('base64url')}`,
  sk: 'mails',
});

/**
 * Token buckets of mails, an item each that the table's TTL removes when the bucket is full again. A mail costs 1 write unit, and
 * another one if the bucket was not full. A refused one costs 1 write unit, too.
 */
export function createMailLimits(users: Table): MailLimits {
  return {
    async take(key, rate, now) {
      const expiresAt = Math.ceil((now + tokensMs(rate, rate.burst)) / 1000);
      for (let fullAt: number | undefined; ; ) {
        const wait = waitMs(rate, fullAt, now);
        if (wait > 0) return fail('rate_limited', undefined, wait);
        const { set, guessed, enough } = takeFrom(expression`fullAt`, { rate, now, fullAt });
        const written = await users.update(rowKey(key), expression`SET ${set}, expiresAt = ${expiresAt}`, {
          if: expression`${guessed} AND ${enough}`,
        });
        if (written.done) return { ok: undefined };
        const stored = Row.parse(written.item ?? {}).fullAt;
        fullAt = stored === undefined ? undefined : tokenBucketTime(stored);
      }
    },
  };
}
