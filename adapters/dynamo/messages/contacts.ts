import * as z from 'zod/mini';
import type { Key, Table } from '#adapters/dynamo/table.ts';
import { agrees } from '#core/access.ts';
import type { AdmissionStore } from '#core/conversations/admission.ts';
import type { Contacts } from '#core/people/presence.ts';
import type { Conversations } from './conversations.ts';
import { conversationOf } from './heads.ts';
import { keys } from './keys.ts';

const StoredDirect = z.object({ pk: z.string(), conversationId: z.string() });

/** Which users share conversations, and which have blocked others. Reads are consistent, so a group counts until it is left. */
export function createContacts(
  table: Table,
  { memberships, loadEach }: Pick<Conversations, 'memberships' | 'loadEach'>,
) {
  /** The direct conversations of a user with some others, by the id of the other. 2 read units each. */
  async function directsWith(userId: string, others: readonly string[]) {
    const found = await table.batchGet(
      others.map((other) => keys.direct(userId, other)),
      { consistent: true },
    );
    const directs = new Map(found.map((item) => StoredDirect.parse(item)).map(({ pk, ...direct }) => [pk, direct]));
    const heads = await table.batchGet(
      [...directs.values()].map(({ conversationId }) => keys.head(conversationId)),
      { consistent: true },
    );
    const conversations = new Map(heads.map((head) => conversationOf(head)).map((one) => [one.id, one]));
    return new Map(
      others.flatMap((other) => {
        const direct = directs.get(keys.direct(userId, other)['pk'] ?? '');
        const conversation = direct && conversations.get(direct.conversationId);
        return conversation ? [[other, conversation] as const] : [];
      }),
    );
  }

  async function conversationsOf(userId: string): Promise<string[]> {
    return (await memberships(userId)).map(({ conversationId }) => conversationId);
  }

  return {
    // Users with a direct conversation that is agreed to are found with two reads for all of them. Each of the others takes a query
    // of their memberships.
    async sharing(userId, others, shown) {
      const directs = await directsWith(userId, others);
      const isAgreed = (other: string) => {
        const direct = directs.get(other);
        return direct !== undefined && agrees(direct, shown === 'user' ? userId : other);
      };
      const rest = others.filter((other) => !isAgreed(other));
      const own = new Set(rest.length > 0 ? await conversationsOf(userId) : []);
      for (const direct of directs.values()) own.delete(direct.id);
      const inGroups = await Promise.all(
        rest.map(async (other) => ((await conversationsOf(other)).some((id) => own.has(id)) ? other : [])),
      );
      const agreed = new Set([...others.filter(isAgreed), ...inGroups.flat()]);
      return others
        .filter((other) => agreed.has(other) || directs.has(other))
        .map((other) => ({ userId: other, agreed: agreed.has(other) }));
    },

    /** The users among `userIds` who agree to a direct conversation with `by`. 2 read units each, in two calls. */
    async partnersOf(by: string, userIds: readonly string[]): Promise<string[]> {
      const directs = await directsWith(by, userIds);
      return [...directs].flatMap(([userId, direct]) => (agrees(direct, userId) ? userId : []));
    },

    /** A query for `by` and one for each of `userIds`, and a few reads for those whom strangers have put into the same conversations. */
    async fellowsOf(by: string, userIds: readonly string[]): Promise<string[]> {
      const [own, directs] = await Promise.all([conversationsOf(by), directsWith(by, userIds)]);
      const groups = new Set(own);
      for (const direct of directs.values()) groups.delete(direct.id);
      const fellows = await Promise.all(
        userIds.map(async (userId) => {
          const common = (await memberships(userId)).filter(({ conversationId }) => groups.has(conversationId));
          if (common.some(({ unasked }) => !unasked)) return userId;
          const entries = await loadEach(new Map(common.map(({ conversationId }) => [conversationId, userId])));
          return entries.some(({ members }) => members.get(userId)?.mark) ? userId : [];
        }),
      );
      return fellows.flat();
    },

    async blocked(pairs) {
      const keyOf = ({ by, userId }: (typeof pairs)[number]): Key => keys.block(by, userId);
      const items = await table.batchGet(pairs.map(keyOf), { consistent: true });
      const found = new Set(items.map(({ pk, sk }) => `${pk} ${sk}`));
      return pairs.filter((pair) => found.has(Object.values(keyOf(pair)).join(' ')));
    },
  } satisfies Contacts & Pick<AdmissionStore, 'partnersOf' | 'fellowsOf'>;
}
