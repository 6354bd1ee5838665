import type { DynamoDb } from '#adapters/dynamo/client.ts';
import { expression } from '#adapters/dynamo/expression.ts';
import { membershipItem } from '#adapters/dynamo/messages/conversations.ts';
import { conversationOf, memberOfItem } from '#adapters/dynamo/messages/heads.ts';
import { conversationIdOf, keys, membershipPrefix } from '#adapters/dynamo/messages/keys.ts';
import { createTable, type Item, queryAll, type Table } from '#adapters/dynamo/table.ts';
import { boundsOf, segmentOf } from '#core/search/segment.ts';
import { headRepair } from './conversation.ts';
import { partitionsOf } from './scan.ts';

/** How many things of each kind were repaired. */
export type Repairs = Record<'heads' | 'memberships' | 'segments' | 'claims', number>;

/** Makes the items of the restored table Messages agree with each other. It can be repeated. */
export async function reconcile(client: DynamoDb, tableName: string): Promise<Repairs> {
  const table = createTable(client, tableName);
  const repairs: Repairs = { heads: 0, memberships: 0, segments: 0, claims: 0 };
  for await (const items of partitionsOf(client, tableName)) {
    const pk = String(items[0]?.['pk']);
    const head = items.find(({ sk }) => sk === 'head');
    if (pk.startsWith('conversation#') && head) {
      const seq = await repairHead(table, head, items, repairs);
      await addMemberships(table, head, items, repairs);
      await removeSegmentsBeyond(table, conversationIdOf(pk), seq, repairs);
    }
    if (pk.startsWith('user#')) await removeStrayMemberships(table, items, repairs);
    // A claim names a number that may belong to somebody else now. It is of use for seconds only.
    if (pk.startsWith('claim#'))
      for (const { sk } of items) {
        await table.delete({ pk, sk: String(sk) });
        repairs.claims += 1;
      }
  }
  return repairs;
}

/** Returns the newest number of the conversation. */
async function repairHead(table: Table, head: Item, items: readonly Item[], repairs: Repairs): Promise<number> {
  const repair = headRepair(head, items);
  if (!repair) return Number(head['seq']);
  const { seq, n, lastMessageSeq, lastActivityAt, voids } = repair;
  const numbers = expression`SET seq = ${seq}, n = ${n}, lastMessageSeq = ${lastMessageSeq}, lastActivityAt = ${lastActivityAt}`;
  const key = { pk: String(head['pk']), sk: 'head' };
  await table.update(key, voids.length === 0 ? numbers : expression`${numbers} ADD voids ${new Set(voids)}`);
  repairs.heads += 1;
  return seq;
}

/** Adds a conversation to the lists of those of its members who lack it. */
async function addMemberships(table: Table, head: Item, items: readonly Item[], repairs: Repairs): Promise<void> {
  const { id, large, members } = conversationOf(head);
  const all = large
    ? items.flatMap((item) => (isMember(item) ? (memberOfItem(item) ?? []) : []))
    : [...members.values()];
  const wanted = all.map(({ userId }) => keys.membership(userId, id));
  const there = await table.batchGet(wanted, { consistent: true });
  const listed = new Set(there.filter(({ former }) => !former).map(({ pk }) => pk));
  for (const { userId } of all) {
    if (listed.has(keys.user(userId))) continue;
    await table.put(membershipItem(userId, id, false));
    repairs.memberships += 1;
  }
}

const isMember = ({ sk }: Item) => String(sk).startsWith('member#');

/** Removes conversations from the list of a user who isn't a member of them. */
async function removeStrayMemberships(table: Table, items: readonly Item[], repairs: Repairs): Promise<void> {
  const userId = conversationIdOf(String(items[0]?.['pk']));
  const listed = items.filter(({ sk, former }) => String(sk).startsWith(membershipPrefix) && !former);
  const ids = listed.map(({ sk }) => String(sk).slice(membershipPrefix.length));
  const heads = await table.batchGet(ids.map(keys.head), { consistent: true });
  const own = await table.batchGet(
    ids.map((id) => keys.member(id, userId)),
    { consistent: true },
  );
  const isIn = new Set([
    ...heads
      .map((head) => conversationOf(head))
      .filter(({ members }) => members.has(userId))
      .map(({ id }) => id),
    ...own.filter((item) => memberOfItem(item)).map(({ pk }) => conversationIdOf(String(pk))),
  ]);
  for (const id of ids) {
    if (isIn.has(id)) continue;
    await table.delete(keys.membership(userId, id));
    repairs.memberships += 1;
  }
}

/** Removes the segments of the search index that say something of changes which there aren't (yet). A search builds them again. */
async function removeSegmentsBeyond(table: Table, id: string, seq: number, repairs: Repairs): Promise<void> {
  const complete = boundsOf(segmentOf(seq + 1)).first - 1;
  const first = keys.segment(id, segmentOf(complete + 1));
  const where = expression`pk = ${first['pk']} AND sk >= ${first['sk']}`;
  for (const { pk, sk } of await queryAll(table, { where, consistent: true })) {
    await table.delete({ pk: String(pk), sk: String(sk) });
    repairs.segments += 1;
  }
}
