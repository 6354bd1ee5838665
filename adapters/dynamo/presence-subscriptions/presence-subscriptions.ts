import * as z from 'zod/mini';
import { connectionLifeMs } from '#adapters/dynamo/connections/sessions.ts';
import { expression } from '#adapters/dynamo/expression.ts';
import { queryAll, type Table } from '#adapters/dynamo/table.ts';

const Watch = z.object({
  /** Who is watched. */
  userId: z.string(),
  connectionId: z.string(),
  watcherId: z.string(),
  /** The TTL, in s since 1970: a socket doesn't live longer. */
  expiresAt: z.number(),
});

export type Watch = z.infer<typeof Watch>;

/** Which sockets asked to be told of whose presence; a row for each socket and person. */
export function createWatches(table: Table) {
  return {
    /** 1 write unit a person. */
    async watch(watcher: { userId: string; connectionId: string }, userIds: readonly string[], now: number) {
      const { userId: watcherId, connectionId } = watcher;
      const expiresAt = Math.ceil((now + connectionLifeMs) / 1000);
      const put: Watch[] = userIds.map((userId) => ({ userId, connectionId, watcherId, expiresAt }));
      await table.batchWrite({ put });
    },

    /** The sockets that watch someone, consistently. */
    async watchesOf(userId: string, now: number): Promise<Watch[]> {
      const items = await queryAll(table, { where: expression`userId = ${userId}`, consistent: true });
      return items.map((item) => Watch.parse(item)).filter(({ expiresAt }) => expiresAt * 1000 > now);
    },

    async forget(watches: readonly Pick<Watch, 'userId' | 'connectionId'>[]): Promise<void> {
      await table.batchWrite({ delete: watches.map(({ userId, connectionId }) => ({ userId, connectionId })) });
    },

    /** Ends one person's watches of another. */
    async forgetWatcher(userId: string, watcherId: string, now: number): Promise<void> {
      const watches = await this.watchesOf(userId, now);
      await this.forget(watches.filter((watch) => watch.watcherId === watcherId));
    },
  };
}

export type Watches = ReturnType<typeof createWatches>;
