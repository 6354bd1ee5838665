import * as z from 'zod/mini';
import { expression, name } from '#adapters/dynamo/expression.ts';
import type { Item, Key, Table } from '#adapters/dynamo/table.ts';
import type { Families } from '#core/accounts/ports.ts';
import { userPartition } from './users.ts';

/** `expiresAt` in s since 1970: the table's TTL attribute, and rows past it are still there for a while. */
const Row = z.object({ expiresAt: z.number(), tokenHash: z.optional(z.string()) });

export const familyKey = (userId: string, familyId: string): Key => ({
  pk: userPartition(userId),
  sk: `family#${familyId}`,
});
const seconds = (ms: number) => Math.floor(ms / 1000);

/** Whether the login of a row has neither lapsed nor been revoked. */
export function isLiveFamily(row: Item, now: number): boolean {
  return row['tokenHash'] !== undefined && Row.parse(row).expiresAt > seconds(now);
}

export function createFamilies(users: Table): Families {
  return {
    async start({ userId, familyId, tokenHash, expiresAt }, now) {
      const createdAt = new Date(now).toISOString();
      await users.put({ ...familyKey(userId, familyId), tokenHash, createdAt, expiresAt: seconds(expiresAt) });
    },

    async rotate(userId, familyId, hashes, now) {
      const written = await users.update(familyKey(userId, familyId), expression`SET tokenHash = ${hashes.new}`, {
        if: expression`tokenHash = ${hashes.old} AND expiresAt > ${seconds(now)}`,
      });
      if (written.done) return { rotated: true, expiresAt: Row.parse(written.item).expiresAt * 1000 };
      const row = written.item && Row.parse(written.item);
      if (!row || row.expiresAt <= seconds(now)) return { rotated: false, known: false };
      return row.tokenHash === hashes.new
        ? { rotated: true, expiresAt: row.expiresAt * 1000 }
        : { rotated: false, known: true };
    },

    async isLive(userId, familyId, now) {
      const row = await users.get(familyKey(userId, familyId), { consistent: true });
      return row !== undefined && isLiveFamily(row, now);
    },

    async revoke(userId, familyId) {
      await users.update(familyKey(userId, familyId), expression`REMOVE ${name('tokenHash')}`, {
        if: expression`attribute_exists(pk)`,
      });
    },
  };
}
