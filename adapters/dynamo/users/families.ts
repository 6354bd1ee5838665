import * as z from 'zod/mini';
import { expression, name } from '#adapters/dynamo/expression.ts';
import { type Item, type Key, queryAll, type Table } from '#adapters/dynamo/table.ts';
import { unknownDevice } from '#core/accounts/device.ts';
import type { Families, LiveFamily } from '#core/accounts/ports.ts';
import { limits } from '#protocol/limits.ts';
import { userPartition } from './users.ts';

/**
 * `expiresAt` in s since 1970: when the login ends if it isn't used. It is the table's TTL attribute, and rows past it are still there
 * for a while. `confirmedUntil` in ms since 1970. Logins from before have neither `device` nor `lastUsedAt`.
 */
const Row = z.object({
  sk: z.string(),
  expiresAt: z.number(),
  tokenHash: z.optional(z.string()),
  createdAt: z.string(),
  lastUsedAt: z.optional(z.string()),
  device: z._default(z.string(), unknownDevice),
  confirmedUntil: z._default(z.number(), 0),
});

const prefix = 'family#';

export const familyKey = (userId: string, familyId: string): Key => ({
  pk: userPartition(userId),
  sk: `${prefix}${familyId}`,
});
const seconds = (ms: number) => Math.floor(ms / 1000);
const lifeMs = limits.refreshTokenSeconds * 1000;
const idleMs = limits.refreshIdleSeconds * 1000;

/** When the login of a row ends, used or not, in ms since 1970. */
function endOf({ expiresAt, createdAt }: z.infer<typeof Row>): number {
  return Math.min(expiresAt * 1000, Date.parse(createdAt) + lifeMs);
}

/** Whether the login of a row has neither lapsed nor been revoked. */
export function isLiveFamily(row: Item, now: number): boolean {
  return row['tokenHash'] !== undefined && endOf(Row.parse(row)) > now;
}

function liveFamily(item: Item): LiveFamily {
  const { sk, device, createdAt, lastUsedAt = createdAt, confirmedUntil } = Row.parse(item);
  return {
    familyId: sk.slice(prefix.length),
    device,
    createdAt: Date.parse(createdAt),
    lastUsedAt: Date.parse(lastUsedAt),
    confirmedUntil,
  };
}

export function createFamilies(users: Table): Families {
  return {
    async start({ userId, familyId, tokenHash, device }, now) {
      const createdAt = new Date(now).toISOString();
      const expiresAt = seconds(now + idleMs);
      await users.put({ ...familyKey(userId, familyId), tokenHash, device, createdAt, expiresAt });
      return expiresAt * 1000;
    },

    async rotate(userId, familyId, hashes, now) {
      const lastUsedAt = new Date(now).toISOString();
      const expiresAt = seconds(now + idleMs);
      const bornAfter = new Date(now - lifeMs).toISOString();
      const set = expression`SET tokenHash = ${hashes.new}, lastUsedAt = ${lastUsedAt}, expiresAt = ${expiresAt}`;
      const written = await users.update(familyKey(userId, familyId), set, {
        if: expression`tokenHash = ${hashes.old} AND expiresAt > ${seconds(now)} AND createdAt > ${bornAfter}`,
      });
      if (written.done) return { rotated: true, expiresAt: endOf(Row.parse(written.item)) };
      const row = written.item && Row.parse(written.item);
      if (!row || endOf(row) <= now) return { rotated: false, known: false };
      return row.tokenHash === hashes.new
        ? { rotated: true, expiresAt: endOf(row) }
        : { rotated: false, known: true, wasLive: row.tokenHash !== undefined, device: row.device };
    },

    async get(userId, familyId, now) {
      const item = await users.get(familyKey(userId, familyId), { consistent: true });
      return item && isLiveFamily(item, now) ? liveFamily(item) : undefined;
    },

    async liveOf(userId, now) {
      const where = expression`pk = ${userPartition(userId)} AND begins_with(sk, ${prefix})`;
      const items = await queryAll(users, { where, consistent: true });
      return items.filter((item) => isLiveFamily(item, now)).map(liveFamily);
    },

    async confirm(userId, familyId, until) {
      const written = await users.update(familyKey(userId, familyId), expression`SET confirmedUntil = ${until}`, {
        if: expression`attribute_exists(tokenHash)`,
      });
      return written.done;
    },

    async revoke(userId, familyId) {
      await users.update(familyKey(userId, familyId), expression`REMOVE ${name('tokenHash')}`, {
        if: expression`attribute_exists(pk)`,
      });
    },
  };
}
