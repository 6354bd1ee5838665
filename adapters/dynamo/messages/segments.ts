import * as z from 'zod/mini';
import { type Expression, expression, list, name } from '#adapters/dynamo/expression.ts';
import type { StreamRecord } from '#adapters/dynamo/stream-record.ts';
import type { Item, Table, Write } from '#adapters/dynamo/table.ts';
import type { DeletedChange, EditedChange } from '#core/conversations/change.ts';
import { isWorn } from '#core/search/build.ts';
import { segmentOf } from '#core/search/segment.ts';
import type { Indexed, Revised, Segment, SegmentStore } from '#core/search/store.ts';
import { keys, revisedSuffix, seqOf } from './keys.ts';

const StoredSegment = z.object({
  packed: z.optional(z.custom<Uint8Array>((value) => value instanceof Uint8Array)),
  format: z.optional(z.number()),
  through: z.number(),
  oldest: z.optional(z.number()),
});

/** The item also has an attribute for each revised message, whose name is the message's `seq`. */
const StoredRevised = z.catchall(z.object({ purge: z.optional(z.number()) }), z.unknown());

/**
 * How many revisions one update forgets. An expression has at most 300 operators ("Constraints in Amazon DynamoDB"). Revisions that
 * remain do no harm: the next search compares their messages again.
 */
const settledAtOnce = 100;

/** The search index. A segment is an item. Another item beside it has the messages that were revised since it was built. */
export function createSegments(table: Table): Omit<SegmentStore, 'range' | 'seal'> {
  return {
    async segments(conversationId, newest, oldest) {
      const pk = keys.segment(conversationId, 0)['pk'];
      const [first, last] = [keys.segment(conversationId, oldest)['sk'], keys.revised(conversationId, newest)['sk']];
      // The read is eventually consistent. A segment that it doesn't see yet is searched without the index.
      const { items, next } = await table.query({
        where: expression`pk = ${pk} AND sk BETWEEN ${first} AND ${last}`,
        descending: true,
      });
      const segments = Map.groupBy(items, numberOf);
      // The order is descending, so the revisions of a segment come before the segment. The page may end between the two.
      const cut = next?.['sk']?.endsWith(revisedSuffix);
      const reached = next ? numberOf(next) + (cut ? 1 : 0) : oldest;
      return {
        segments: new Map([...segments].map(([number, parts]) => [number, indexedOf(number, parts)])),
        reached,
      };
    },

    async segment(conversationId, segment) {
      const items = await table.batchGet(
        [keys.segment(conversationId, segment), keys.revised(conversationId, segment)],
        {
          consistent: true,
        },
      );
      return indexedOf(segment, items);
    },

    async putSegment(conversationId, { segment, ...stored }) {
      await table.put(
        { ...keys.segment(conversationId, segment), ...stored },
        // Also where it says less than one of another format, whose place it takes: the revisions are still noted beside it.
        {
          if: expression`attribute_not_exists(${name('format')}) OR ${name('format')} <> ${stored.format} OR through < ${stored.through}`,
        },
      );
    },

    async settle(conversationId, segment, { messages, purge }) {
      const noted: [string, number][] = purge === undefined ? [] : [['purge', purge]];
      for (const [target, seq] of messages) if (noted.length < settledAtOnce) noted.push([String(target), seq]);
      const [first, ...others] = noted.map(([attribute, seq]) => expression`${name(attribute)} = ${seq}`);
      if (!first) return;
      await table.update(
        keys.revised(conversationId, segment),
        expression`REMOVE ${list(noted.map(([attribute]) => expression`${name(attribute)}`))}`,
        { if: others.reduce<Expression>((all, each) => expression`${all} AND ${each}`, first) },
      );
    },
  };
}

/**
 * A write for the transaction of an edit or a deletion. It notes in the index that the message was revised. It is only needed if
 * the segment is complete, since a segment that is built later has the revision.
 */
export function noteRevised(
  table: string,
  conversationId: string,
  segment: number,
  { type, target, seq }: EditedChange | DeletedChange,
): Write {
  const note = expression`${name(String(target))} = ${seq}`;
  return {
    table,
    key: keys.revised(conversationId, segment),
    update: expression`SET ${type === 'deleted' ? expression`${note}, purge = ${seq}` : note}`,
  };
}

/** The number of the segment that has to be built because of a write to the table, or undefined. */
export function segmentIn({ sk, after }: StreamRecord): number | undefined {
  if (after?.['endsSegment']) return segmentOf(seqOf(sk));
  if (!after || !sk.endsWith(revisedSuffix)) return undefined;
  return isWorn({ revised: revisedOf(after) }) ? numberOf({ sk }) : undefined;
}

function numberOf({ sk }: Item): number {
  return Number.parseInt(String(sk), 10);
}

function indexedOf(segment: number, items: readonly Item[]): Indexed {
  const isRevised = ({ sk }: Item) => String(sk).endsWith(revisedSuffix);
  const stored = items.find((item) => !isRevised(item));
  return {
    segment: stored && storedSegment(segment, stored),
    revised: revisedOf(items.find(isRevised)),
  };
}

function storedSegment(segment: number, item: Item): Segment {
  return { segment, ...StoredSegment.parse(item) };
}

function revisedOf(item: Item = {}): Revised {
  const { purge, ...attributes } = StoredRevised.parse(item);
  const messages = Object.entries(attributes).filter(([attribute]) => /^\d+$/.test(attribute));
  return { messages: new Map(messages.map(([target, seq]) => [Number(target), z.number().parse(seq)])), purge };
}
