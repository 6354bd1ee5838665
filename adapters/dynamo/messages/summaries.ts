import * as z from 'zod/mini';
import type { Attributes } from '#adapters/dynamo/attributes.ts';
import { type Expression, expression, name } from '#adapters/dynamo/expression.ts';
import { queryAll, type Table } from '#adapters/dynamo/table.ts';
import type { Completion, Opening, Summarizing, Summary, SummaryStore } from '#core/sync/summary.ts';
import { receiptMark, summariesMark } from './heads.ts';
import { keys, memberKey, openingPrefix } from './keys.ts';
import { createOpening, hasSummaries, newVersion } from './openings.ts';

/** The attributes of a summary in a membership. Their names are short, because a request reads all memberships of a user. */
export const StoredSummary = {
  /** seq */ s: z.optional(z.number()),
  /** lastActivityAt */ a: z.optional(z.number()),
  /** readSeq */ q: z.optional(z.number()),
  /** unread, if there is any */ u: z.optional(z.number()),
};

export function summaryOf({ s, a, q, u = 0 }: z.infer<z.ZodMiniObject<typeof StoredSummary>>): Summary | undefined {
  if (s === undefined || a === undefined || q === undefined) return undefined;
  return { seq: s, lastActivityAt: a, readSeq: q, unread: u };
}

const StoredOpening = z.object({
  sk: z.string(),
  ...({ version: z.number(), unread: z.optional(z.number()) } satisfies Attributes<Omit<Opening, 'conversationId'>>),
});

const AllOpened = z.object({ since: z.number(), epoch: z.string() } satisfies Attributes<Completion>);

/** What users keep of their conversations in their own partitions (decision 0119). */
export function createSummaries(
  table: Table,
): Omit<SummaryStore, 'memberships' | 'loadAll' | 'voidsAbove' | 'now' | 'epoch'> {
  const { open } = createOpening(table);

  return {
    open: (userId, conversationIds) => each(conversationIds, (conversationId) => open(conversationId, [userId])),

    async openings(userId, options) {
      const where = expression`pk = ${keys.user(userId)} AND begins_with(sk, ${openingPrefix})`;
      const items = await queryAll(table, { where, ...options });
      const marker = items[0]?.['sk'] === openingPrefix ? items.shift() : undefined;
      const openings = items.map((item): [string, Opening] => {
        const { sk, ...rest } = StoredOpening.parse(item);
        const conversationId = sk.slice(openingPrefix.length);
        return [conversationId, { conversationId, ...rest }];
      });
      return { completion: marker && AllOpened.parse(marker), openings: new Map(openings) };
    },

    async complete(userId, completion) {
      await table.put({ ...keys.allOpened(userId), ...completion });
    },

    async forget(userId, opening) {
      await table.delete(keys.opening(userId, opening.conversationId), { if: isStill(opening) });
    },

    // Each step is only made if what it builds on is as it was read. The first one makes sure that whoever changes the conversation
    // from now on opens it again. A summary that is outdated when it is stored has no effect, since then there is a newer opening.
    async summarize(userId, summarizing, summary) {
      if (!(await announce(userId, summarizing))) return;
      const { conversation, before, opening, muted } = summarizing;
      const { seq: s, lastActivityAt: a, readSeq: q, unread } = summary;
      const u = unread > 0 ? unread : undefined;
      const stored = await table.update(
        keys.membership(userId, conversation.id),
        expression`SET s = ${s}, a = ${a}, q = ${q}${u === undefined ? expression` REMOVE u` : expression`, u = ${u}`}`,
        {
          if: expression`attribute_exists(pk) AND attribute_not_exists(former) AND ${isMuted(muted)} AND ${has(before)}`,
        },
      );
      if (!stored.done) return;
      const key = keys.opening(userId, conversation.id);
      if (u !== undefined && !muted)
        await table.put({ ...key, version: newVersion(), unread: u }, { if: isStill(opening) });
      else if (opening) await table.delete(key, { if: isStill(opening) });
    },
  };

  /** Says in the head, and of a large conversation in the member's item, that there is a summary. Returns false if they have changed. */
  async function announce(userId: string, { conversation, me }: Summarizing): Promise<boolean> {
    const { id, seq, voids, large } = conversation;
    const version = newVersion();
    const sameVoids = same(expression`voids`, voids.length > 0 ? new Set(voids) : undefined);
    const own = expression`m.${name(memberKey(userId))}`;
    const head = await table.update(
      keys.head(id),
      expression`SET ${summariesMark} = ${version} REMOVE ${receiptMark}`,
      {
        if: expression`seq = ${seq} AND ${hasSummaries(conversation.summaries)} AND ${sameVoids}${large ? expression`` : expression` AND ${own}.q = ${me.readSeq}`}`,
      },
    );
    if (!head.done || !large) return head.done;
    const item = await table.update(
      keys.member(id, userId),
      expression`SET ${summariesMark} = ${version} REMOVE ${receiptMark}`,
      { if: expression`q = ${me.readSeq} AND ${hasSummaries(me.summaries)}` },
    );
    return item.done;
  }
}

async function each<T>(values: readonly T[], run: (value: T) => Promise<unknown>): Promise<void> {
  await Promise.all(values.map(run));
}

function same(attribute: Expression, value: number | Set<number> | undefined): Expression {
  return value === undefined ? expression`attribute_not_exists(${attribute})` : expression`${attribute} = ${value}`;
}

/** The condition that a membership has a certain summary, or none. */
function has(summary: Summary | undefined): Expression {
  const unread = summary?.unread || undefined;
  return expression`${same(expression`s`, summary?.seq)} AND ${same(expression`q`, summary?.readSeq)} AND ${same(expression`u`, unread)}`;
}

function isMuted(muted: boolean): Expression {
  return muted ? expression`muted = ${true}` : expression`(attribute_not_exists(muted) OR muted = ${false})`;
}

/** The condition that nobody has opened the conversation since an opening, or its absence, was read. */
function isStill(opening: Opening | undefined): Expression {
  return opening === undefined ? expression`attribute_not_exists(pk)` : expression`version = ${opening.version}`;
}
