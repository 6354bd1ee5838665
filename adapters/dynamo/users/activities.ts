import * as z from 'zod/mini';
import { expression } from '#adapters/dynamo/expression.ts';
import type { Table } from '#adapters/dynamo/table.ts';
import type { Activities } from '#core/accounts/activity.ts';
import { activityTypes } from '#protocol/credentials.ts';
import { limits } from '#protocol/limits.ts';
import { userPartition } from './users.ts';

/** `at` in ms since 1970. */
const Row = z.object({ type: z.enum(activityTypes), at: z.number(), device: z.string() });

const prefix = 'activity#';

/**
 * Recent activity, an item an event. Its sort key begins with the time, and ends in an id, so that two events of one millisecond
 * are two items. 1 write unit an event.
 */
export function createActivities(users: Table, newId: () => string): Activities {
  return {
    async note(userId, entry) {
      const sk = `${prefix}${new Date(entry.at).toISOString()}#${newId()}`;
      const expiresAt = Math.floor(entry.at / 1000) + limits.activityDays * 24 * 3600;
      await users.put({ pk: userPartition(userId), sk, ...entry, expiresAt });
    },

    async newest(userId) {
      const where = expression`pk = ${userPartition(userId)} AND begins_with(sk, ${prefix})`;
      const { items } = await users.query({
        where,
        limit: limits.activityEvents,
        descending: true,
        consistent: true,
      });
      // An event of a type that only a newer version knows is left out.
      return items.flatMap((item) => Row.safeParse(item).data ?? []);
    },
  };
}
