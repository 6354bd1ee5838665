import * as z from 'zod/mini';
import type { DynamoDb } from '#adapters/dynamo/client.ts';
import { expression } from '#adapters/dynamo/expression.ts';
import { type Key, queryAll, type Table, transact } from '#adapters/dynamo/table.ts';
import type { StoredToken } from '#core/accounts/mail-token.ts';
import type { MailTokens } from '#core/accounts/ports.ts';
import { emailKey, profileKey, userPartition } from './users.ts';

/** `expiresAt` in s since 1970: the table's TTL attribute. */
const Row = z.object({
  sk: z.string(),
  purpose: z.enum(['reset', 'verify', 'change']),
  email: z.string(),
  expiresAt: z.number(),
});

const prefix = 'token#';
const tokenKey = (userId: string, hash: string): Key => ({ pk: userPartition(userId), sk: `${prefix}${hash}` });
const seconds = (ms: number) => Math.floor(ms / 1000);

/**
 * The tokens of mails that were sent to a user, by their hashes. Each is used in one transaction with what it is for, so it is good
 * for once, whatever comes at the same time.
 */
export function createMailTokens(client: DynamoDb, users: Table): MailTokens {
  const spend = (userId: string, { hash }: StoredToken, now: number) => ({
    table: users.name,
    delete: tokenKey(userId, hash),
    if: expression`expiresAt > ${seconds(now)}`,
  });

  return {
    async add(userId, { hash, purpose, email, expiresAt }) {
      await users.put({ ...tokenKey(userId, hash), purpose, email, expiresAt: seconds(expiresAt) });
    },

    async find(userId, hash, now) {
      const item = await users.get(tokenKey(userId, hash), { consistent: true });
      const row = item && Row.parse(item);
      if (!row || row.expiresAt <= seconds(now)) return undefined;
      return { hash, purpose: row.purpose, email: row.email, expiresAt: row.expiresAt * 1000 };
    },

    async remove(userId, purposes) {
      const where = expression`pk = ${userPartition(userId)} AND begins_with(sk, ${prefix})`;
      const rows = (await queryAll(users, { where, consistent: true })).map((item) => Row.parse(item));
      const unwanted = rows.filter(({ purpose }) => purposes.includes(purpose));
      for (const { sk } of unwanted) await users.delete({ pk: userPartition(userId), sk });
    },

    async resetPassword(userId, token, passwordHash, now) {
      const result = await transact(client, [
        spend(userId, token, now),
        {
          table: users.name,
          key: profileKey(userId),
          update: expression`SET passwordHash = ${passwordHash}, emailVerified = ${true}`,
          if: expression`email = ${token.email}`,
        },
      ]);
      return result.done;
    },

    async verifyEmail(userId, token, now) {
      const result = await transact(client, [
        spend(userId, token, now),
        {
          table: users.name,
          key: profileKey(userId),
          update: expression`SET emailVerified = ${true}`,
          if: expression`email = ${token.email}`,
        },
      ]);
      return result.done;
    },

    async changeEmail(userId, token, former, now) {
      const result = await transact(client, [
        spend(userId, token, now),
        {
          table: users.name,
          put: { ...emailKey(token.email), userId },
          if: expression`attribute_not_exists(pk)`,
        },
        { table: users.name, delete: emailKey(former), if: expression`userId = ${userId}` },
        {
          table: users.name,
          key: profileKey(userId),
          update: expression`SET email = ${token.email}, emailVerified = ${true}`,
          if: expression`email = ${former}`,
        },
      ]);
      return result.done;
    },
  };
}
