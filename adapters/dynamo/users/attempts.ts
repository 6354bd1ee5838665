import * as z from 'zod/mini';
import { expression } from '#adapters/dynamo/expression.ts';
import type { Item, Key, Table } from '#adapters/dynamo/table.ts';
import { storedTokenBucketTime, takeFrom, tokenBucketTime, waitMs } from '#adapters/dynamo/token-bucket.ts';
import type { Attempts, Subject, Taken } from '#core/accounts/ports.ts';
import { tokensMs } from '#core/rate-limits/token-bucket.ts';

/** `expiresAt` is the table's TTL attribute. The bucket is full again before it. */
const Row = z.object({ pk: z.string(), fullAt: z.optional(z.number()) });

const key = ({ kind, id }: Subject): Key => ({ pk: `attempts#${kind}#${id}`, sk: 'attempts' });

function fullAtOf(row: Item | undefined): number | undefined {
  const fullAt = row && Row.parse(row).fullAt;
  return fullAt === undefined ? undefined : tokenBucketTime(fullAt);
}

/**
 * Token buckets of attempts. A refused attempt is one read (0.5 read units a subject); a counted one also costs 1 write unit a
 * subject. The writes are conditional, so no attempt is missed when many come at once.
 */
export function createAttempts(users: Table): Attempts {
  async function takeOne(subject: Subject, row: Item | undefined, now: number): Promise<Taken> {
    const { rate } = subject;
    for (let seen = row; ; ) {
      const fullAt = fullAtOf(seen);
      const wait = waitMs(rate, fullAt, now);
      if (wait > 0) return { done: false, usedUp: subject, waitMs: wait };
      const { set, guessed, enough } = takeFrom(expression`fullAt`, { rate, now, fullAt });
      const expiresAt = Math.ceil((now + tokensMs(rate, rate.burst)) / 1000);
      const written = await users.update(key(subject), expression`SET ${set}, expiresAt = ${expiresAt}`, {
        if: expression`${guessed} AND ${enough}`,
      });
      if (written.done) return { done: true };
      seen = written.item;
    }
  }

  async function giveBack(subjects: readonly Subject[], now: number): Promise<void> {
    await Promise.all(
      subjects.map((subject) =>
        users.update(key(subject), expression`SET fullAt = fullAt - ${tokensMs(subject.rate, 1)}`, {
          if: expression`fullAt > ${storedTokenBucketTime(now)}`,
        }),
      ),
    );
  }

  return {
    async take(subjects, now) {
      const rows = await users.batchGet(subjects.map(key));
      const stored = new Map(rows.map((row) => [Row.parse(row).pk, row]));
      const rowOf = (subject: Subject) => stored.get(key(subject)['pk'] ?? '');
      const waits = subjects.map((usedUp) => ({ usedUp, waitMs: waitMs(usedUp.rate, fullAtOf(rowOf(usedUp)), now) }));
      const longest = waits.reduce((a, b) => (b.waitMs > a.waitMs ? b : a));
      if (longest.waitMs > 0) return { done: false, ...longest };

      const taken = await Promise.all(subjects.map((subject) => takeOne(subject, rowOf(subject), now)));
      const refused = taken.find(({ done }) => !done);
      if (!refused) return { done: true };
      await giveBack(
        subjects.filter((_, i) => taken[i]?.done),
        now,
      );
      return refused;
    },

    giveBack,
  };
}
