import * as z from 'zod/mini';
import { connectionLifeMs } from '#adapters/dynamo/connections/sessions.ts';
import { expression } from '#adapters/dynamo/expression.ts';
import { queryAll, type Table } from '#adapters/dynamo/table.ts';

const PresenceSubscription = z.object({
  /** The user whose presence is subscribed to. */
  userId: z.string(),
  /** The socket that subscribes. */
  connectionId: z.string(),
  /** The user of that socket. */
  subscriberId: z.string(),
  /** The TTL, in s since 1970, when the socket has reached its maximum age. */
  expiresAt: z.number(),
});

export type PresenceSubscription = z.infer<typeof PresenceSubscription>;

/** The subscriptions of sockets to users' presence. `now` is in ms since 1970. */
export function createPresenceSubscriptions(table: Table) {
  return {
    /** Subscribes a socket to the presence of some users. 1 write unit a user. */
    async subscribe(subscriber: { userId: string; connectionId: string }, userIds: readonly string[], now: number) {
      const { userId: subscriberId, connectionId } = subscriber;
      const expiresAt = Math.ceil((now + connectionLifeMs) / 1000);
      const put: PresenceSubscription[] = userIds.map((userId) => ({ userId, connectionId, subscriberId, expiresAt }));
      await table.batchWrite({ put });
    },

    /** The subscriptions to a user's presence that have not expired, read consistently. */
    async subscriptionsTo(userId: string, now: number): Promise<PresenceSubscription[]> {
      const items = await queryAll(table, { where: expression`userId = ${userId}`, consistent: true });
      return items.map((item) => PresenceSubscription.parse(item)).filter(({ expiresAt }) => expiresAt * 1000 > now);
    },

    /** Deletes subscriptions. 1 write unit each. */
    async forget(subscriptions: readonly Pick<PresenceSubscription, 'userId' | 'connectionId'>[]): Promise<void> {
      await table.batchWrite({ delete: subscriptions.map(({ userId, connectionId }) => ({ userId, connectionId })) });
    },

    /** Ends the subscriptions of all sockets of the user `subscriberId` to the presence of the user `userId`. */
    async unsubscribeFrom(userId: string, subscriberId: string, now: number): Promise<void> {
      const subscriptions = await this.subscriptionsTo(userId, now);
      await this.forget(subscriptions.filter((subscription) => subscription.subscriberId === subscriberId));
    },
  };
}
