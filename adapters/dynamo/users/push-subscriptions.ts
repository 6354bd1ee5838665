import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import type { Sessions } from '#adapters/dynamo/connections/sessions.ts';
import { expression, name } from '#adapters/dynamo/expression.ts';
import { type Item, type Key, queryAll, type Table } from '#adapters/dynamo/table.ts';
import type { Failing } from '#core/push/failing.ts';
import type { MobileAddress, Subscription, WebSubscription } from '#core/push/ports.ts';
import { limits } from '#protocol/limits.ts';
import { MobileSubscribe, type Subscribe, WebSubscribe } from '#protocol/push.ts';
import { familyKey, isLiveFamily } from './families.ts';
import { userPartition } from './users.ts';

const common = { sk: z.string(), familyId: z.string(), createdAt: z.number() };
const Mobile = z.object({ platform: MobileSubscribe.shape.platform, endpointArn: z.string() });
const StoredFailing = z.object({ count: z.number(), since: z.number(), restsUntil: z.number() });
const Stored = z.union([
  z.object({ ...common, ...Mobile.shape }),
  z.object({ ...common, ...WebSubscribe.shape, failing: z.optional(StoredFailing) }),
]);

const prefix = 'push#';
const subscriptionKey = (userId: string, id: string): Key => ({ pk: userPartition(userId), sk: `${prefix}${id}` });
const pushedKey = (userId: string, conversationId: string): Key => ({
  pk: userPartition(userId),
  sk: `pushed#${conversationId}`,
});
/** An item with what was pushed of a conversation to a user: beside this, a `seq` under the id of each subscription. */
const StoredPushed = z.catchall(z.object({ pk: z.string(), sk: z.string(), expiresAt: z.number() }), z.number());

function pushedIn(item: Item | undefined): ReadonlyMap<string, number> {
  if (!item) return new Map();
  const { pk: _pk, sk: _sk, expiresAt: _expiresAt, ...seqs } = StoredPushed.parse(item);
  return new Map(Object.entries(seqs));
}

/** Who subscribed a device last. Two people who share a browser have the same endpoint, and only the last of them gets pushes there. */
const claimSk = 'push';
const claimKey = (id: string): Key => ({ pk: `${prefix}${id}`, sk: claimSk });
const Claim = z.object({ pk: z.string(), userId: z.string() });

/** The ids of the subscriptions whose devices these claims give to another user. */
function claimedByOthers(userId: string, claims: readonly Item[]): ReadonlySet<string> {
  const others = claims.map((item) => Claim.parse(item)).filter((claim) => claim.userId !== userId);
  return new Set(others.map(({ pk }) => pk.slice(prefix.length)));
}

function itemsOf(users: Table, userId: string): Promise<Item[]> {
  const where = expression`pk = ${userPartition(userId)} AND begins_with(sk, ${prefix})`;
  return queryAll(users, { where, consistent: true });
}

/** The steps of ending subscriptions. */
export function createSubscriptionEnds(users: Table) {
  return {
    /** The ids of all subscriptions of a user. */
    async subscriptionIds(userId: string): Promise<string[]> {
      return (await itemsOf(users, userId)).map(({ sk }) => String(sk).slice(prefix.length));
    },

    /** The address of a subscription's app. Undefined if it is a browser's, doesn't exist, or another user has its device now. */
    async appOf(userId: string, id: string): Promise<MobileAddress | undefined> {
      const app = Mobile.safeParse(await users.get(subscriptionKey(userId, id), { consistent: true })).data;
      const claim = app && (await users.get(claimKey(id), { consistent: true }));
      return claim && claimedByOthers(userId, [claim]).has(id) ? undefined : app;
    },

    /** Deletes a subscription, and the user's claim of its device. */
    async unsubscribe(userId: string, id: string): Promise<void> {
      await users.delete(subscriptionKey(userId, id));
      await users.delete(claimKey(id), { if: expression`attribute_not_exists(pk) OR userId = ${userId}` });
    },
  };
}

/** How long the newest pushed message is remembered. No push job lives that long: SQS keeps messages for 4 days. */
const pushedSeconds = 7 * 24 * 3600;

/**
 * The id of a device's subscription: the first 132 bits of a SHA-256 hash. The same device has the same id, so it replaces its
 * subscription when it subscribes again.
 */
function idOf(device: Subscribe): string {
  const name = 'platform' in device ? `${device.platform}#${device.token}` : device.endpoint;
  return createHash('sha256').update(name).digest('base64url').slice(0, 22);
}

/**
 * The push subscriptions of devices. A subscription ends with its login. Nothing has to be done for that, because the subscriptions
 * of ended logins are left out when they are read. `now` is in ms since 1970.
 */
export function createSubscriptions(users: Table, sessions: Pick<Sessions, 'expectPush'>) {
  async function stored(userId: string) {
    return (await itemsOf(users, userId)).flatMap((item) => {
      const { data } = Stored.safeParse(item);
      // Of a kind of device that only a newer version pushes to.
      if (!data) return [];
      const { sk, ...rest } = data;
      return { ...rest, userId, id: sk.slice(prefix.length) };
    });
  }

  const ends = createSubscriptionEnds(users);
  const { unsubscribe } = ends;

  return {
    ...ends,

    /**
     * Stores the subscription of a device for a login, and returns its id. The device belongs to whoever subscribes it last. It returns undefined if the user's account is erased. A
     * user keeps their newest `limits.pushSubscriptions` subscriptions.
     */
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
      await users.put({ ...claimKey(id), userId, expiresAt });
      // `pushUntil` is written after the subscription. So if a push job found no subscription just before, its `forgetPush` either
      // comes before this write or is refused, because the value has changed.
      if (!(await sessions.expectPush(userId, until))) {
        await unsubscribe(userId, id);
        return undefined;
      }
      const newestFirst = (await stored(userId)).sort((a, b) => b.createdAt - a.createdAt);
      for (const surplus of newestFirst.slice(limits.pushSubscriptions)) await unsubscribe(userId, surplus.id);
      return id;
    },

    /** The user's subscriptions whose login has not ended, and whose device nobody else has claimed. The others are deleted. */
    async subscriptionsOf(userId: string, now: number): Promise<Subscription[]> {
      const all = await stored(userId);
      const familyIds = [...new Set(all.map(({ familyId }) => familyId))];
      const keys = [...familyIds.map((familyId) => familyKey(userId, familyId)), ...all.map(({ id }) => claimKey(id))];
      const items = await users.batchGet(keys, { consistent: true });
      const claims = items.filter(({ sk }) => sk === claimSk);
      const families = items.filter(({ sk }) => sk !== claimSk);
      const taken = claimedByOthers(userId, claims);
      const live = new Set(families.filter((family) => isLiveFamily(family, now)).map(({ sk }) => sk));
      const isLive = ({ familyId, id }: Subscription) => live.has(familyKey(userId, familyId)['sk']) && !taken.has(id);
      for (const { id } of all.filter((one) => !isLive(one))) await unsubscribe(userId, id);
      return all.filter(isLive);
    },

    /**
     * Stores how a browser's endpoint fails, or with undefined that it doesn't. Returns false, and stores nothing, unless the state is
     * the one that was read with the subscription.
     */
    async setFailing({ userId, id, failing }: WebSubscription, next: Failing | undefined): Promise<boolean> {
      const asRead = failing
        ? expression`failing.${name('count')} = ${failing.count}`
        : expression`attribute_not_exists(failing)`;
      const written = await users.update(
        subscriptionKey(userId, id),
        next ? expression`SET failing = ${next}` : expression`REMOVE failing`,
        { if: expression`attribute_exists(pk) AND ${asRead}` },
      );
      return written.done;
    },

    /** The `seq` of the newest message of a conversation that each device of a user shows, by subscription. Read consistently. */
    async pushedSeqs(userId: string, conversationId: string): Promise<ReadonlyMap<string, number>> {
      return pushedIn(await users.get(pushedKey(userId, conversationId), { consistent: true }));
    },

    /** Remembers that a message was pushed to a device, unless a newer one was. */
    async markPushed({ userId, id }: Subscription, conversationId: string, seq: number, now: number): Promise<void> {
      const expiresAt = Math.floor(now / 1000) + pushedSeconds;
      await users.update(
        pushedKey(userId, conversationId),
        expression`SET ${name(id)} = ${seq}, expiresAt = ${expiresAt}`,
        { if: expression`attribute_not_exists(${name(id)}) OR ${name(id)} < ${seq}` },
      );
    },

    /** Forgets that a message was pushed to a device. Returns false if a newer one was, or if that is forgotten already. */
    async forgetPushed({ userId, id }: Subscription, conversationId: string, seq: number): Promise<boolean> {
      const written = await users.update(pushedKey(userId, conversationId), expression`REMOVE ${name(id)}`, {
        if: expression`${name(id)} = ${seq}`,
      });
      return written.done;
    },
  };
}

/**
 * Creates a function that finds what was pushed of a conversation to some users: the `seq`s by user, without those who got nothing.
 * Half a read unit a user. An item that was just written may be missing.
 */
export function createPushed(users: Table) {
  return async (
    userIds: readonly string[],
    conversationId: string,
  ): Promise<ReadonlyMap<string, readonly number[]>> => {
    const items = await users.batchGet(userIds.map((userId) => pushedKey(userId, conversationId)));
    return new Map(
      items.map((item) => [String(item['pk']).slice(userPartition('').length), [...pushedIn(item).values()]]),
    );
  };
}
