import * as z from 'zod/mini';
import { expression, name } from '#adapters/dynamo/expression.ts';
import type { Key, Table } from '#adapters/dynamo/table.ts';
import type { Account, Users } from '#core/accounts/ports.ts';
import type { AvatarUrl } from '#core/media/media.ts';

const Profile: z.ZodMiniType<Account> = z.object({
  id: z.string(),
  username: z.string(),
  email: z.string(),
  emailVerified: z.optional(z.boolean()),
  displayName: z.string(),
  bio: z.string(),
  avatarMediaId: z.optional(z.string()),
  passwordHash: z.string(),
  createdAt: z.string(),
});

/** A name that belongs to one user: the item is both the look-up and the proof that nobody else has it. */
const Claim = z.object({ userId: z.string() });

export const userPartition = (userId: string) => `user#${userId}`;
export const profileKey = (userId: string): Key => ({ pk: userPartition(userId), sk: 'profile' });
/** One partition per first character: a search by prefix is one query in it, whatever the prefix. */
const usernamePartition = ([first = '']: string) => `username#${first}`;
export const usernameKey = (username: string): Key => ({ pk: usernamePartition(username), sk: username });
export const emailKey = (email: string): Key => ({ pk: `email#${email}`, sk: 'email' });

export function createUsers(users: Table, avatarUrl: AvatarUrl): Users {
  async function ownerOf(key: Key): Promise<string | undefined> {
    const item = await users.get(key);
    return item && Claim.parse(item).userId;
  }

  return {
    avatarUrl,

    async get(userId, options) {
      const item = await users.get(profileKey(userId), options);
      return item && Profile.parse(item);
    },

    idOfUsername: (username) => ownerOf(usernameKey(username)),
    idOfEmail: (email) => ownerOf(emailKey(email)),

    async update(userId, { displayName, bio }) {
      // What isn't changed is set to itself.
      const set = expression`SET displayName = ${displayName ?? name('displayName')}, bio = ${bio ?? name('bio')}`;
      const written = await users.update(profileKey(userId), set, { if: expression`attribute_exists(pk)` });
      return written.done ? Profile.parse(written.item) : undefined;
    },

    async setPassword(userId, passwordHash) {
      const exists = expression`attribute_exists(pk)`;
      const written = await users.update(profileKey(userId), expression`SET passwordHash = ${passwordHash}`, {
        if: exists,
      });
      return written.done;
    },

    async findByUsername(prefix, limit) {
      const where = expression`pk = ${usernamePartition(prefix)} AND begins_with(sk, ${prefix})`;
      const { items } = await users.query({ where, limit });
      const ids = items.map((item) => Claim.parse(item).userId);
      const profiles = await users.batchGet(ids.map(profileKey));
      const found = new Map(profiles.map((item) => [item['id'], Profile.parse(item)]));
      return ids.flatMap((id) => found.get(id) ?? []);
    },
  };
}
