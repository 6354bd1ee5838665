import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import type { Sessions } from '#adapters/dynamo/connections/sessions.ts';
import { expression } from '#adapters/dynamo/expression.ts';
import { type Key, queryAll, type Table } from '#adapters/dynamo/table.ts';
import type { MobileAddress, Subscription } from '#core/push/ports.ts';
import { limits } from '#protocol/limits.ts';
import { MobileSubscribe, type Subscribe, WebSubscribe } from '#protocol/push.ts';
import { familyKey, isLiveFamily } from './families.ts';
import { userPartition } from './users.ts';

const common = { sk: z.string(), familyId: z.string(), createdAt: z.number() };
const Mobile = z.object({ platform: MobileSubscribe.shape.platform, endpointArn: z.string() });
const Stored = z.union([z.object({ ...common, ...Mobile.shape }), z.object({ ...common, ...WebSubscribe.shape })]);

/** The app that an item has pushes go to. */
export function appIn(item: unknown): MobileAddress | undefined {
  return Mobile.safeParse(item).data;
}

const prefix = 'push#';
const subscriptionKey = (userId: string, id: string): Key => ({ pk: userPartition(userId), sk: `${prefix}${id}` });
const pushedKey = ({ userId, id }: Subscription, conversationId: string): Key => ({
  pk: userPartition(userId),
  sk: `pushed#${id}#${conversationId}`,
});

/** What was pushed is remembered longer than any job lives (SQS keeps messages 4 days). */
const pushedSeconds = 7 * 24 * 3600;

/** 128 bits of SHA-256. */
function idOf(device: Subscribe): string {
  const name = 'platform' in device ? `${device.platform}#${device.token}` : device.endpoint;
  return createHash('sha256').update(name).digest('base64url').slice(0, 22);
}

/** Devices that want to be pushed to. One lives as long as its login: nothing has to be done when that ends. */
export function createSubscriptions(users: Table, sessions: Pick<Sessions, 'expectPush'>) {
  async function stored(userId: string) {
    const where = expression`pk = ${userPartition(userId)} AND begins_with(sk, ${prefix})`;
    const items = await queryAll(users, { where, consistent: true });
    return items.flatMap((item) => {
      const { data } = Stored.safeParse(item);
      // Of a kind of device that only a newer version pushes to.
      if (!data) return [];
      const { sk, ...rest } = data;
      return { ...rest, userId, id: sk.slice(prefix.length) };
    });
  }

  async function unsubscribe(userId: string, id: string): Promise<void> {
    await users.delete(subscriptionKey(userId, id));
  }

  return {
    unsubscribe,

    /** Where the app of a subscription is pushed to; nothing for a browser, or where there is none. */
    async appOf(userId: string, id: string): Promise<MobileAddress | undefined> {
      return appIn(await users.get(subscriptionKey(userId, id), { consistent: true }));
    },

    /** Answers with the id of the subscription; nothing where the user is gone. */
    async subscribe(
      { userId, familyId }: { userId: string; familyId: string },
      device: Subscribe,
      address: MobileAddress | WebSubscribe,
      now: number,
    ): Promise<string | undefined> {
      const id = idOf(device);
      const until = now + limits.refreshTokenSeconds * 1000;
      const expiresAt = Math.ceil(until / 1000);
      await users.put({ ...subscriptionKey(userId, id), ...address, familyId, createdAt: now, expiresAt });
      // In this order: whoever finds no subscription takes the note away only if it is the one from before.
      if (!(await sessions.expectPush(userId, until))) {
        await unsubscribe(userId, id);
        return undefined;
      }
      const newestFirst = (await stored(userId)).sort((a, b) => b.createdAt - a.createdAt);
      for (const surplus of newestFirst.slice(limits.pushSubscriptions)) await unsubscribe(userId, surplus.id);
      return id;
    },

    /** The subscriptions whose login has not ended; the others go. */
    async subscriptionsOf(userId: string, now: number): Promise<Subscription[]> {
      const all = await stored(userId);
      const familyIds = [...new Set(all.map(({ familyId }) => familyId))];
      const families = await users.batchGet(
        familyIds.map((familyId) => familyKey(userId, familyId)),
        { consistent: true },
      );
      const live = new Set(families.filter((family) => isLiveFamily(family, now)).map(({ sk }) => sk));
      const isLive = ({ familyId }: Subscription) => live.has(familyKey(userId, familyId)['sk']);
      for (const { id } of all.filter((one) => !isLive(one))) await unsubscribe(userId, id);
      return all.filter(isLive);
    },

    async pushedSeq(subscription: Subscription, conversationId: string): Promise<number> {
      const item = await users.get(pushedKey(subscription, conversationId), { consistent: true });
      return item ? z.object({ seq: z.number() }).parse(item).seq : 0;
    },

    async markPushed(subscription: Subscription, conversationId: string, seq: number, now: number): Promise<void> {
      const expiresAt = Math.floor(now / 1000) + pushedSeconds;
      await users.update(
        pushedKey(subscription, conversationId),
        expression`SET seq = ${seq}, expiresAt = ${expiresAt}`,
        { if: expression`attribute_not_exists(seq) OR seq < ${seq}` },
      );
    },
  };
}
