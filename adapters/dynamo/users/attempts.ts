import * as z from 'zod/mini';
import { expression, name } from '#adapters/dynamo/expression.ts';
import type { Key, Table } from '#adapters/dynamo/table.ts';
import { attemptLimits } from '#core/accounts/attempts.ts';
import type { Attempts } from '#core/accounts/ports.ts';
import { fail } from '#protocol/failures.ts';

/** `expiresAt` is the end of the window in s since 1970. It is also the table's TTL attribute. */
const Row = z.object({ count: z.number(), expiresAt: z.number() });

const key = (subject: string): Key => ({ pk: `attempts#${subject}`, sk: 'attempts' });
const count = name('count');

/**
 * Counters of attempts, with a limit per window of time. They use conditional writes only, so no attempt is missed when many come
 * at once. An attempt costs 1 write unit, and another one if it starts a window.
 */
export function createAttempts(users: Table): Attempts {
  return {
    async count(subject, limit, now) {
      const second = Math.floor(now / 1000);
      for (;;) {
        const added = await users.update(key(subject), expression`SET ${count} = ${count} + ${1}`, {
          if: expression`expiresAt > ${second} AND ${count} < ${limit}`,
        });
        if (added.done) return { ok: { subject, windowEnd: Row.parse(added.item).expiresAt } };
        const row = added.item && Row.parse(added.item);
        if (row && row.expiresAt > second) {
          return fail('too_many_attempts', undefined, row.expiresAt * 1000 - now);
        }
        const windowEnd = second + attemptLimits.windowSeconds;
        const opened = await users.put(
          { ...key(subject), count: 1, expiresAt: windowEnd },
          { if: expression`attribute_not_exists(pk) OR expiresAt <= ${second}` },
        );
        if (opened.done) return { ok: { subject, windowEnd } };
        // Another attempt has started the window in the meantime. This one has to be counted in it.
      }
    },

    async giveBack({ subject, windowEnd }) {
      await users.update(key(subject), expression`SET ${count} = ${count} - ${1}`, {
        if: expression`expiresAt = ${windowEnd} AND ${count} > ${0}`,
      });
    },
  };
}
