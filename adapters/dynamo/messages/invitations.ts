import * as z from 'zod/mini';
import { expression, name } from '#adapters/dynamo/expression.ts';
import type { Item, Table, Write } from '#adapters/dynamo/table.ts';
import { emptyList, type InvitationList } from '#core/conversations/invitations.ts';
import { limits } from '#protocol/limits.ts';
import { keys } from './keys.ts';

const Stored = z.object({
  pk: z.string(),
  revision: z.number(),
  /** By the id of the conversation. `at` is in ms since 1970. */
  pending: z.record(z.string(), z.object({ by: z.string(), at: z.number(), stranger: z.optional(z.literal(true)) })),
  /** When the user declined, in ms since 1970, by the id of the conversation. */
  declined: z.record(z.string(), z.number()),
});

function listOf({ revision, pending, declined }: z.infer<typeof Stored>): InvitationList {
  return {
    revision,
    pending: Object.entries(pending).map(([conversationId, invitation]) => ({ conversationId, ...invitation })),
    declined: new Map(Object.entries(declined)),
  };
}

const listIn = (item: Item | undefined) => (item ? listOf(Stored.parse(item)) : emptyList);

/** The parts of the write that stores `after`, on the condition that the list is still `before`. */
function changing(userId: string, before: InvitationList, after: InvitationList) {
  const pending = Object.fromEntries(after.pending.map(({ conversationId, ...rest }) => [conversationId, rest]));
  const declined = Object.fromEntries(after.declined);
  return {
    key: keys.invitations(userId),
    update: expression`SET revision = ${before.revision + 1}, pending = ${pending}, declined = ${declined}`,
    if: before.revision === 0 ? expression`attribute_not_exists(pk)` : expression`revision = ${before.revision}`,
  };
}

/** The write of a transaction that takes an invitation out of a user's list. */
export function answering(table: Table, userId: string, before: InvitationList, after: InvitationList): Write {
  return { table: table.name, ...changing(userId, before, after) };
}

const daySeconds = 24 * 3600;

/**
 * Users' invitations, one item a user with at most `limits.invitations` pending ones and as many declined ones (about 15 KB), and
 * what strangers have done to them in a day (UTC).
 */
export function createInvitations(table: Table) {
  return {
    /** The lists of some users, read consistently. */
    async invitationsOf(userIds: readonly string[]): Promise<ReadonlyMap<string, InvitationList>> {
      const items = await table.batchGet(userIds.map(keys.invitations), { consistent: true });
      const stored = new Map(items.map((item) => [String(item['pk']), listIn(item)]));
      return new Map(userIds.map((userId) => [userId, stored.get(keys.user(userId)) ?? emptyList]));
    },

    /** Stores a list. If it has changed since it was read as `before`, nothing is written, and the present list is returned. */
    async saveInvitations(
      userId: string,
      before: InvitationList,
      after: InvitationList,
    ): Promise<InvitationList | undefined> {
      const { key, update, ...condition } = changing(userId, before, after);
      const written = await table.update(key, update, condition);
      return written.done ? undefined : listIn(written.item);
    },

    /** Counts what strangers do to some users in a day, and returns those for whom there was room. 1 write unit a user. */
    async takeFromStrangers(
      userIds: readonly string[],
      kind: keyof typeof limits.strangersPerDay,
      now: number,
    ): Promise<string[]> {
      const day = new Date(now).toISOString().slice(0, 10);
      const expiresAt = Math.floor(now / 1000) + 2 * daySeconds;
      const count = name(kind);
      const taken = await Promise.all(
        userIds.map(async (userId) => {
          const written = await table.update(
            keys.strangers(userId, day),
            expression`ADD ${count} ${1} SET expiresAt = ${expiresAt}`,
            { if: expression`attribute_not_exists(${count}) OR ${count} < ${limits.strangersPerDay[kind]}` },
          );
          return written.done ? [userId] : [];
        }),
      );
      return taken.flat();
    },
  };
}
