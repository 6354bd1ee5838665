import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import type { Account, Users } from '../../core/accounts/ports.ts';
import { expression, name } from './expression.ts';
import { newSession } from './sessions.ts';
import { type Key, type Table, transact } from './table.ts';

const Profile: z.ZodMiniType<Account> = z.object({
  id: z.string(),
  username: z.string(),
  email: z.string(),
  displayName: z.string(),
  bio: z.string(),
  passwordHash: z.string(),
  createdAt: z.string(),
});

/** A name that belongs to one user: the item is both the look-up and the proof that nobody else has it. */
const Claim = z.object({ userId: z.string() });

export const userPartition = (userId: string) => `user#${userId}`;
const profileKey = (userId: string): Key => ({ pk: userPartition(userId), sk: 'profile' });
/** One partition per first character: a search by prefix is one query in it, whatever the prefix. */
const usernamePartition = (username: string) => `username#${username.slice(0, 1)}`;
const usernameKey = (username: string): Key => ({ pk: usernamePartition(username), sk: username });
const emailKey = (email: string): Key => ({ pk: `email#${email}`, sk: 'email' });

const isNew = expression`attribute_not_exists(pk)`;

export function createUsers(client: DynamoDBClient, users: Table, connections: Table): Users {
  async function ownerOf(key: Key): Promise<string | undefined> {
    const item = await users.get(key);
    return item && Claim.parse(item).userId;
  }

  return {
    async create(account) {
      const claim = { userId: account.id };
      const written = await transact(client, [
        { table: users.name, put: { ...usernameKey(account.username), ...claim }, if: isNew },
        { table: users.name, put: { ...emailKey(account.email), ...claim }, if: isNew },
        { table: users.name, put: { ...profileKey(account.id), ...account }, if: isNew },
        { table: connections.name, put: newSession(account.id), if: expression`attribute_not_exists(userId)` },
      ]);
      if (written.done) return 'created';
      const [usernameRefused, emailRefused] = written.refused;
      if (usernameRefused) return 'username_taken';
      if (emailRefused) return 'email_taken';
      throw new Error(`The new id ${account.id} is in use`);
    },

    async get(userId) {
      const item = await users.get(profileKey(userId));
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
