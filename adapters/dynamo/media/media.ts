import * as z from 'zod/mini';
import { type Attributes, oneOf } from '#adapters/dynamo/attributes.ts';
import type { DynamoDb } from '#adapters/dynamo/client.ts';
import { expression, list, name } from '#adapters/dynamo/expression.ts';
import { type Item, type Key, queryAll, type Table, transact, type Write } from '#adapters/dynamo/table.ts';
import type { Media } from '#core/media/media.ts';
import type { MediaStore, Use } from '#core/media/ports.ts';
import { fail } from '#protocol/failures.ts';
import { limits } from '#protocol/limits.ts';
import { MediaStatus, RejectReason } from '#protocol/media.ts';

const Row = z.object({
  pk: z.string(),
  ownerId: z.string(),
  conversationId: z.optional(z.string()),
  // A status that only a newer version knows: not to be used, for now (decision 0071).
  status: oneOf(MediaStatus.options, 'pending'),
  reason: z.optional(oneOf(RejectReason.options, 'damaged')),
  contentType: z.string(),
  size: z.number(),
  width: z.optional(z.number()),
  height: z.optional(z.number()),
  duration: z.optional(z.number()),
  thumbhash: z.optional(z.string()),
  waveform: z.optional(z.string()),
  version: z.optional(z.string()),
  thumbnailSize: z.optional(z.number()),
  uses: z.number(),
  expiresAt: z.optional(z.number()),
} satisfies Attributes<Omit<Media, 'id'>> & { pk: unknown });

/** The sort key of a file's row. The rows of its uses are in the same partition. */
const fileSk = 'media';
const usePrefix = 'use#';

const fileKey = (id: string): Key => ({ pk: id, sk: fileSk });
const useKey = (id: string, use: Use): Key => ({ pk: id, sk: usePrefix + spelled(use) });
const quotaKey = (userId: string, day: string): Key => ({ pk: `quota#${userId}`, sk: day });

/** The part of a sort key that names a use; `useOf` is the reverse. */
function spelled(use: Use): string {
  if ('userId' in use) return `user#${use.userId}`;
  return `conversation#${use.conversationId}#${use.seq ?? 'avatar'}`;
}

function useOf(sk: string): Use {
  const [, kind, id = '', place = ''] = sk.split('#');
  if (kind === 'user') return { userId: id };
  return { conversationId: id, ...(place !== 'avatar' && { seq: Number(place) }) };
}

const status = name('status');
const bytes = name('bytes');
const files = name('files');
const day = 24 * 3600;

/** Makes the writes that a transaction needs when something starts or stops using files. */
interface MediaUses {
  /** Two writes. Their conditions fail if the use exists already, or if the file isn't ready or has too many uses. */
  keeping(id: string, use: Use): Write[];
  /**
   * Two writes a file. Their conditions fail if this use doesn't exist, or if the file's number of uses has changed since it was
   * read here. The row of a file is deleted with its last use.
   */
  letGo(ids: readonly string[], use: Use): Promise<Write[]>;
}

export type MediaTable = MediaStore & MediaUses;

/** Access to the table of uploaded files. */
export function createMedia(client: DynamoDb, table: Table): MediaTable {
  return {
    async count(userId, declared, now) {
      const most = limits.mediaPerDay;
      const written = await table.update(
        quotaKey(userId, new Date(now).toISOString().slice(0, 10)),
        expression`SET expiresAt = ${Math.floor(now / 1000) + 2 * day} ADD ${files} ${1}, ${bytes} ${declared}`,
        {
          if: expression`attribute_not_exists(pk) OR (${files} < ${most.files} AND ${bytes} <= ${most.bytes - declared})`,
        },
      );
      return written.done
        ? { ok: undefined }
        : fail('rate_limited', 'No more uploads today.', day * 1000 - (now % (day * 1000)));
    },

    async add({ id, ...media }) {
      await table.put({ ...fileKey(id), ...media }, { if: expression`attribute_not_exists(pk)` });
    },

    async get(id) {
      const row = await table.get(fileKey(id), { consistent: true });
      return row && mediaOf(row);
    },

    async getAll(ids) {
      return (await table.batchGet(ids.map(fileKey), { consistent: true })).map(mediaOf);
    },

    async withUses(id) {
      const rows = await queryAll(table, { where: expression`pk = ${id}`, consistent: true });
      const row = rows.find(({ sk }) => sk === fileSk);
      const uses = rows.filter(({ sk }) => sk !== fileSk).map(({ sk }) => useOf(String(sk)));
      return row && { media: mediaOf(row), uses };
    },

    async settle(id, finding) {
      const facts = Object.entries(finding)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => expression`${name(key)} = ${value}`);
      const written = await table.update(fileKey(id), expression`SET ${list(facts)}`, {
        if: expression`${status} = ${'pending'}`,
      });
      return written.done ? mediaOf(written.item) : undefined;
    },

    keeping: (id, use) => [
      { table: table.name, put: useKey(id, use), if: expression`attribute_not_exists(pk)` },
      {
        table: table.name,
        key: fileKey(id),
        update: expression`SET uses = uses + ${1} REMOVE expiresAt`,
        if: expression`${status} = ${'ready'} AND uses < ${limits.messagesPerMedia}`,
      },
    ],

    async letGo(ids, use) {
      if (ids.length === 0) return [];
      return (await this.getAll(ids)).flatMap(({ id, uses }) => {
        const unchanged = expression`uses = ${uses}`;
        return [
          { table: table.name, delete: useKey(id, use), if: expression`attribute_exists(pk)` },
          uses > 1
            ? { table: table.name, key: fileKey(id), update: expression`SET uses = ${uses - 1}`, if: unchanged }
            : { table: table.name, delete: fileKey(id), if: unchanged },
        ];
      });
    },

    async keep(ids, use) {
      const result = await transact(
        client,
        ids.flatMap((id) => this.keeping(id, use)),
      );
      // A message that is sent again has its uses already. So it is fine if the first write of each pair, the use, was refused. The
      // second one is only refused on its own if the file can't be used.
      return result.done || result.refused.every((refusal, i) => i % 2 === 1 || refusal !== undefined);
    },
  };
}

function mediaOf(item: Item): Media {
  const { pk, ...rest } = Row.parse(item);
  return { id: pk, ...rest };
}
