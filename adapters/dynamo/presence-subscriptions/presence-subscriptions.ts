import * as z from 'zod/mini';
import { connectionLifeMs } from '#adapters/dynamo/connections/sessions.ts';
import { expression } from '#adapters/dynamo/expression.ts';
import { queryAll, type Table } from '#adapters/dynamo/table.ts';

const PresenceSubscription = z.object({
  /** Whose presence it is. */
  userId: z.string(),
  connectionId: z.string(),
  subscriberId: z.string(),
  /** The TTL, in s since 1970: a socket doesn't live longer. */
  expiresAt: z.number(),
});

export type PresenceSubscription = z.infer<typeof PresenceSubscription>;

/** Which sockets asked to be told of whose presence; a row for each socket and person. */
export function createPresenceSubscriptions(table: Table) {
  return {
    /** 1 write unit a person. */
    async subscribe(subscriber: { userId: string; connectionId: string }, userIds: readonly string[], now: number) {
      const { userId: subscriberId, connectionId } = subscriber;
      const expiresAt = Math.ceil((now + connectionLifeMs) / 1000);
      const put: PresenceSubscription[] = userIds.map((userId) => ({ userId, connectionId, subscriberId, expiresAt }));
      await table.batchWrite({ put });
    },

    /** The sockets that subscribed to someone, consistently. */
    async subscriptionsTo(userId: string, now: number): Promise<PresenceSubscription[]> {
      const items = await queryAll(table, { where: expression`userId = ${userId}`, consistent: true });
      return items.map((item) => PresenceSubscription.parse(item)).filter(({ expiresAt }) => expiresAt * 1000 > now);
    },

    async forget(subscriptions: readonly Pick<PresenceSubscription, 'userId' | 'connectionId'>[]): Promise<void> {
      await table.batchWrite({ delete: subscriptions.map(({ userId, connectionId }) => ({ userId, connectionId })) });
    },

    /** Ends one person's subscriptions to another. */
    async unsubscribeFrom(userId: string, subscriberId: string, now: number): Promise<void> {
      const subscriptions = await this.subscriptionsTo(userId, now);
      await this.forget(subscriptions.filter((subscription) => subscription.subscriberId === subscriberId));
    },
  };
}
