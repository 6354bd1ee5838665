import * as z from 'zod/mini';
import type { DynamoDb } from '#adapters/dynamo/client.ts';
import { expression, name } from '#adapters/dynamo/expression.ts';
import type { MediaTable } from '#adapters/dynamo/media/media.ts';
import { keys } from '#adapters/dynamo/messages/keys.ts';
import { type Key, queryAll, type Table, transact } from '#adapters/dynamo/table.ts';
import type { MessageChange } from '#core/conversations/change.ts';
import type { ErasingStore } from '#core/erasure/conversation.ts';
import type { MobileAddress } from '#core/push/ports.ts';
import { createSubscriptionEnds } from './push-subscriptions.ts';
import { restingItem } from './resting-names.ts';
import { emailKey, profileKey, usernameKey, userPartition } from './users.ts';

/**
 * All that remains of an erased account: when it was erased, in ms since 1970. After a backup is restored, accounts are erased
 * again by it.
 */
const Erased = z.object({ at: z.number() });
const erasedKey = (userId: string): Key => ({ pk: userPartition(userId), sk: 'erased' });

const Names = z.object({ username: z.string(), email: z.string(), avatarMediaId: z.optional(z.string()) });

/** The steps of erasing an account. Each of them can be repeated. */
export function createErasure(
  client: DynamoDb,
  users: Table,
  messages: Table,
  media: Pick<MediaTable, 'letGo'>,
  forgetApp: (address: MobileAddress) => Promise<void>,
) {
  async function removeAll(table: Table, pk: string, skPrefix?: string): Promise<void> {
    // DynamoDB refuses an empty prefix.
    const where =
      skPrefix === undefined ? expression`pk = ${pk}` : expression`pk = ${pk} AND begins_with(sk, ${skPrefix})`;
    const rows = await queryAll(table, { where, consistent: true });
    for (const { sk } of rows) await table.delete({ pk, sk: String(sk) });
  }

  async function endSubscriptions(userId: string): Promise<void> {
    const { subscriptionIds, appOf, unsubscribe } = createSubscriptionEnds(users);
    for (const id of await subscriptionIds(userId)) {
      const app = await appOf(userId, id);
      // The endpoint is deleted before the row, because only the row has its ARN.
      if (app) await forgetApp(app);
      await unsubscribe(userId, id);
    }
  }

  async function emptyMessage(key: Key, { conversationId, seq, media: files = [] }: MessageChange, at: number) {
    const write = {
      update: expression`SET ${name('text')} = ${''}, deletedAt = ${at} REMOVE media, editedAt, reactions, edits, originalHash`,
      if: expression`attribute_exists(pk) AND attribute_not_exists(deletedAt)`,
    };
    if (files.length === 0) return void (await messages.update(key, write.update, write));
    const ids = files.map(({ id }) => id);
    for (;;) {
      const released = await media.letGo(ids, { conversationId, seq });
      const result = await transact(client, [{ table: messages.name, key, ...write }, ...released]);
      // If the message's write was refused, the message is already empty. If a file's write was refused, its uses have changed
      // meanwhile.
      if (result.done || result.refused[0]) return;
    }
  }

  return {
    /**
     * Deletes the profile, the claims of the username and the e-mail address, the logins, the push subscriptions, the recent
     * activity and the tokens of mails. From then on nobody finds the account or can use it. Others can take its address, and after
     * 30 days its username. Returns when the account was first closed, in ms since 1970, or undefined if there was none.
     */
    async closeAccount(userId: string, now: number): Promise<number | undefined> {
      for (;;) {
        const profile = await users.get(profileKey(userId), { consistent: true });
        if (!profile) break;
        const { username, email, avatarMediaId } = Names.parse(profile);
        const avatars = avatarMediaId === undefined ? [] : [avatarMediaId];
        const own = expression`userId = ${userId}`;
        const closed = await transact(client, [
          { table: users.name, delete: profileKey(userId), if: expression`attribute_exists(pk)` },
          { table: users.name, delete: usernameKey(username), if: own },
          { table: users.name, put: restingItem(username, now) },
          { table: users.name, delete: emailKey(email), if: own },
          { table: users.name, put: { ...erasedKey(userId), at: now } },
          ...(await media.letGo(avatars, { userId })),
        ]);
        if (closed.done) break;
      }
      await endSubscriptions(userId);
      for (const kind of ['family#', 'pushed#', 'activity#', 'token#'])
        await removeAll(users, userPartition(userId), kind);
      const erased = await users.get(erasedKey(userId), { consistent: true });
      return erased && Erased.parse(erased).at;
    },

    /** Deletes the rest of the user's partition in the table Messages, such as their blocks. */
    removeRest: (userId: string): Promise<void> => removeAll(messages, keys.user(userId)),

    empty: async (change, at) => {
      const key = keys.change(change.conversationId, change.seq);
      if (change.type === 'edited') await messages.update(key, expression`REMOVE ${name('before')}`);
      else await emptyMessage(key, change, at);
    },

    // The next search that needs the segment builds it. If a build that has read the old texts stores it after this, the final
    // run of the erasure deletes it.
    forgetWords: async (conversationId, segment) => {
      await messages.delete(keys.segment(conversationId, segment));
    },
  } satisfies Pick<ErasingStore, 'empty' | 'forgetWords'> & Record<string, unknown>;
}
