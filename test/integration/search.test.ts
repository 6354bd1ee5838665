import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keys } from '#adapters/dynamo/messages/keys.ts';
import { createSegments } from '#adapters/dynamo/messages/segments.ts';
import { buildSegment, ensureSegment } from '#core/search/build.ts';
import { decodeCursor, encodeCursor } from '#core/search/cursor.ts';
import { find, indexFormat } from '#core/search/packed.ts';
import { search } from '#core/search/search.ts';
import { segmentOf, segmentSize } from '#core/search/segment.ts';
import { highlight, wordsOf } from '#core/search/tokens.ts';
import { overview } from '#core/sync/summary.ts';
import type { Hit } from '#protocol/search.ts';
import { chatOn, draft, ok, startChatTables } from '#test/helpers/chat.ts';
import { fillWithMessages } from '#test/helpers/fill.ts';

let tables: Awaited<ReturnType<typeof startChatTables>>;
let now = Date.now();
beforeAll(async () => {
  tables = await startChatTables();
});
afterAll(() => tables.stop());

/** 200 words that don't compress, the same in each run. They are hexadecimal, so that none of them is a word of the tests. */
function noise(message: number): string {
  const digits = createHash('shake128', { outputLength: 1_200 }).update(String(message)).digest('hex');
  return (digits.match(/.{12}/g) ?? []).join(' ');
}

/** A chat in which no two messages are sent at the same time. */
function world() {
  const chat = chatOn(tables.client, uuidv7, { clock: () => now++ });
  const store = { ...chat.store, ...createSegments(chat.table) };

  async function group(...members: string[]): Promise<string> {
    const [owner = '', ...memberIds] = members;
    return ok(await chat.commands.create(owner, { type: 'group', name: 'group', memberIds })).conversationId;
  }

  const say = async (conversationId: string, senderId: string, text: string) =>
    ok(await chat.send(draft(conversationId, senderId, { text }))).message;

  async function put(conversationId: string, senderId: string, texts: readonly string[]): Promise<void> {
    const { seq = 0, n = 0 } = (await store.load(conversationId, [])) ?? {};
    await fillWithMessages(tables.client, chat.table.name, { conversationId, senderId, seq, n }, texts, () => now++);
  }

  /** Sends the messages of some segments. Every `every`th one has `word`. */
  async function fill(conversationId: string, senderId: string, messages: number, word: string, every: number) {
    const texts = Array.from({ length: messages }, (_, i) => (i % every === 0 ? `the ${word} number ${i}` : `no ${i}`));
    await put(conversationId, senderId, texts);
  }

  const page = async (userId: string, q: string, cursor?: string) => {
    const { conversations: own } = await overview(store, userId);
    return ok(await search(store, userId, own, { q, ...(cursor !== undefined && { cursor }) }));
  };

  /** Reads all pages of hits. `between` is called after each of them. */
  async function all(userId: string, q: string, between = async () => {}): Promise<Hit[]> {
    const hits: Hit[] = [];
    for (let cursor: string | undefined; ; ) {
      const answer = await page(userId, q, cursor);
      hits.push(...answer.hits);
      if (answer.nextCursor === null) return hits;
      cursor = answer.nextCursor;
      await between();
    }
  }

  async function buildAll(conversationId: string): Promise<void> {
    const conversation = await store.load(conversationId, []);
    for (let i = 0; i < Math.floor((conversation?.seq ?? 0) / segmentSize); i++)
      await ensureSegment(store, conversationId, i);
  }

  /** The hits when each message is compared. */
  async function scan(conversationIds: readonly string[], q: string): Promise<string[]> {
    const words = wordsOf(q);
    const changes = (await Promise.all(conversationIds.map((id) => chat.everything(id)))).flat();
    return changes
      .flatMap((change) => (change.type === 'message' && highlight(change.text, words) ? change : []))
      .toSorted((a, b) => b.sentAt - a.sentAt)
      .map(({ clientId }) => clientId);
  }

  return { chat, store, group, say, put, fill, page, all, buildAll, scan };
}

const clientIds = (hits: readonly Hit[]) => hits.map(({ message }) => message.clientId);
const texts = (hits: readonly Hit[]) => hits.map(({ message }) => message.text);

describe('over all of mine', () => {
  test('the pages together are what reading every message finds, newest first', async () => {
    const { chat, group, put, all, buildAll, scan } = world();
    const ann = uuidv7();
    const ids = [await group(ann), await group(ann), await group(ann)];
    const said = ['apple pie', 'Äpfel', 'un café', 'cafe', 'nothing', '東京の apple', 'a cafeteria'];
    for (let i = 0; i < 900; i += 10)
      await put(
        ids[i % 50 < 30 ? 0 : (i % 20) / 10 + 1] ?? '',
        ann,
        Array.from({ length: 10 }, (_, j) => `${said[((i + j) * 5) % said.length]} ${i + j}`),
      );
    await buildAll(ids[0] ?? '');
    expect((await chat.everything(ids[0] ?? '')).length).toBeGreaterThan(segmentSize);

    for (const q of ['apple', 'cafe', '東京', 'pie apple', '89', 'cafe 7', 'absent'])
      expect(clientIds(await all(ann, q)), q).toEqual(await scan(ids, q));
  });

  test('every hit comes once while messages arrive', async () => {
    const { group, say, fill, all, scan } = world();
    const ann = uuidv7();
    const ids = [await group(ann), await group(ann)];
    for (const id of ids) await fill(id, ann, 300, 'pear', 4);
    const before = await scan(ids, 'pear');
    const hits = clientIds(await all(ann, 'pear', async () => void (await say(ids[0] ?? '', ann, 'one more pear'))));
    expect(hits).toEqual(before);
  });

  test('more conversations than are searched side by side are searched all the same', async () => {
    const { group, say, all, scan } = world();
    const ann = uuidv7();
    const ids: string[] = [];
    for (let i = 0; i < 103; i++) {
      const id = await group(ann);
      ids.push(id);
      await say(id, ann, `plum ${i}`);
    }
    const hits = clientIds(await all(ann, 'plum'));
    expect(hits.toSorted()).toEqual((await scan(ids, 'plum')).toSorted());
  });
});

describe('who sees what', () => {
  test('a hit comes with the message as it is and where the words are in it', async () => {
    const { group, say, page } = world();
    const ann = uuidv7();
    const conversationId = await group(ann);
    await say(conversationId, ann, 'Crème brûlée');
    const { hits, nextCursor } = await page(ann, 'BRULEE cre');
    expect(hits).toMatchObject([
      {
        conversationId,
        message: { text: 'Crème brûlée', senderId: ann },
        highlights: [
          [0, 3],
          [6, 12],
        ],
      },
    ]);
    expect(nextCursor).toBeNull();
  });

  test('nothing from a conversation that one is not in, also by a cursor', async () => {
    const { group, fill, buildAll, page } = world();
    const [ann, eve] = [uuidv7(), uuidv7()];
    const conversationId = await group(ann);
    await fill(conversationId, ann, 300, 'secret', 2);
    await buildAll(conversationId);
    await group(eve);
    expect((await page(eve, 'secret')).hits).toEqual([]);
    const { nextCursor } = await page(ann, 'secret');
    expect(decodeCursor(nextCursor ?? '')?.positions.has(conversationId)).toBe(true);
    expect(await page(eve, 'secret', nextCursor ?? '')).toEqual({ hits: [], nextCursor: null });
  });

  test('nothing from before one joined, also by a cursor', async () => {
    const { chat, group, say, fill, all, buildAll, page } = world();
    const [ann, ben] = [uuidv7(), uuidv7()];
    const conversationId = await group(ann);
    await fill(conversationId, ann, 270, 'early', 1);
    ok(await chat.commands.add(conversationId, ann, [ben]));
    await fill(conversationId, ann, 300, 'late', 1);
    await say(conversationId, ann, 'early again');
    await buildAll(conversationId);
    expect(texts(await all(ben, 'early'))).toEqual(['early again']);
    expect(await all(ben, 'late')).toHaveLength(300);
    const positions = new Map([[conversationId, { before: 200, newest: now }]]);
    const forged = encodeCursor({ below: '00000000-0000-7000-8000-000000000000', positions });
    expect(await page(ben, 'early', forged)).toEqual({ hits: [], nextCursor: null });
  });

  test('nothing more once one has left', async () => {
    const { chat, group, say, page } = world();
    const [ann, ben] = [uuidv7(), uuidv7()];
    const conversationId = await group(ann, ben);
    await say(conversationId, ann, 'grape');
    expect((await page(ben, 'grape')).hits).toHaveLength(1);
    ok(await chat.commands.remove(conversationId, ben, ben));
    expect((await page(ben, 'grape')).hits).toEqual([]);
  });

  test('what is no cursor is refused, and a query without words finds nothing', async () => {
    const { store, group, say, page } = world();
    const ann = uuidv7();
    await say(await group(ann), ann, '?');
    expect(await page(ann, '?')).toEqual({ hits: [], nextCursor: null });
    const { conversations: own } = await overview(store, ann);
    for (const cursor of ['x', 'AAAA', 'A'.repeat(60)])
      expect(await search(store, ann, own, { q: 'x', cursor })).toMatchObject({ error: { code: 'bad_request' } });
  });
});

describe('edits and deletions', () => {
  /** A conversation with two segments, which are built. Each message has its `seq` as its text. */
  async function indexed() {
    const it = world();
    const ann = uuidv7();
    const conversationId = await it.group(ann);
    const texts = Array.from({ length: 2 * segmentSize + 20 }, (_, i) => `old n${i + 1}x`);
    await it.put(conversationId, ann, texts);
    await it.buildAll(conversationId);
    return {
      ...it,
      ann,
      conversationId,
      edit: async (seq: number, text: string) =>
        ok(await it.chat.revise(ann, { action: 'edit', conversationId, seq, text })),
      remove: async (seq: number) => ok(await it.chat.revise(ann, { action: 'delete', conversationId, seq })),
      find: async (q: string) => (await it.all(ann, q)).map(({ message }) => message.seq),
    };
  }

  test('are seen at once, wherever the message is in the index, and leave the order as it was', async () => {
    const { edit, remove, find } = await indexed();
    const edited = [3, 200, 256, 257, 300, 520];
    for (const seq of edited) await edit(seq, `new n${seq}`);
    expect(await find('new')).toEqual(edited.toReversed());
    expect(await find('old n200x')).toEqual([]);
    expect(await find('old n201x')).toEqual([201]);
    for (const seq of [200, 520]) await remove(seq);
    expect(await find('new')).toEqual([300, 257, 256, 3]);
  });

  test('from before a segment is built are in it, those from after are looked up until there are many', async () => {
    const { store, put, ann, conversationId, edit, find, buildAll } = await indexed();
    await edit(520, 'new n520');
    await put(
      conversationId,
      ann,
      Array.from({ length: segmentSize }, () => 'filler'),
    );
    await buildAll(conversationId);
    expect((await store.segment(conversationId, 2)).revised.messages.size).toBe(0);

    for (let seq = 1; seq <= 15; seq++) await edit(seq, `new n${seq}`);
    await ensureSegment(store, conversationId, 0);
    expect((await store.segment(conversationId, 0)).revised.messages.size).toBe(15);
    await edit(16, 'new n16');
    await ensureSegment(store, conversationId, 0);
    expect((await store.segment(conversationId, 0)).revised.messages.size).toBe(0);
    expect(await find('new')).toEqual([520, ...Array.from({ length: 16 }, (_, i) => 16 - i)]);
  });

  test('what is deleted leaves the index, and one that comes while it is built again is not lost', async () => {
    const { store, conversationId, edit, remove, find: findLive } = await indexed();
    const isIndexed = async (q: string) => {
      const { segment } = await store.segment(conversationId, 0);
      return find(0, segment?.packed ?? new Uint8Array(), wordsOf(q)).seqs.length > 0;
    };
    expect(await isIndexed('n7x')).toBe(true);
    await remove(7);
    await edit(8, 'changed');
    const { revised } = await store.segment(conversationId, 0);
    const late = {
      ...store,
      async putSegment(...segment: Parameters<typeof store.putSegment>) {
        await edit(8, 'changed late');
        return store.putSegment(...segment);
      },
    };
    await buildSegment(late, conversationId, 0, revised);
    expect(await findLive('late')).toEqual([8]);
    await buildSegment(store, conversationId, 0, (await store.segment(conversationId, 0)).revised);
    expect(await isIndexed('n7x')).toBe(false);
    expect((await store.segment(conversationId, 0)).revised.purge).toBeUndefined();
    expect(await findLive('late')).toEqual([8]);
  });
});

describe('the index', () => {
  test('a segment that was built by earlier rules is searched by the present ones, and built again', async () => {
    const { chat, store, group, put, all, buildAll } = world();
    const ann = uuidv7();
    const conversationId = await group(ann);
    await put(conversationId, ann, [
      ...Array.from({ length: segmentSize }, (_, i) => `n${i}`),
      "I don't know",
      'الكتاب',
    ]);
    await put(
      conversationId,
      ann,
      Array.from({ length: segmentSize }, (_, i) => (i === 7 ? 'getUserName' : `m${i}`)),
    );
    await buildAll(conversationId);
    // An index whose terms are others, as one of earlier rules may be: nothing is found in it.
    const old = { packed: deflateRawSync(' nothing'), through: 2 * segmentSize };
    for (const segment of [0, 1]) await chat.table.put({ ...keys.segment(conversationId, segment), ...old });
    for (const q of ['dont', 'كتاب', 'username']) expect(await all(ann, q), q).toHaveLength(1);
    const { segment } = await store.segment(conversationId, 1);
    expect(segment).toMatchObject({ format: indexFormat });
    expect(find(1, segment?.packed ?? new Uint8Array(), wordsOf('dont')).seqs).toHaveLength(1);

    await chat.table.put({ ...keys.segment(conversationId, 0), ...old });
    expect(await ensureSegment(store, conversationId, 0)).toBe(true);
    expect(await ensureSegment(store, conversationId, 0)).toBe(false);
  });

  test('a segment that is missing is searched and built', async () => {
    const { store, group, fill, all, buildAll } = world();
    const ann = uuidv7();
    const conversationId = await group(ann);
    await fill(conversationId, ann, 3 * segmentSize, 'fig', 10);
    await ensureSegment(store, conversationId, 0);
    await ensureSegment(store, conversationId, 2);
    expect(await all(ann, 'fig')).toHaveLength(77);
    expect((await store.segment(conversationId, 1)).segment).toBeDefined();
    await buildAll(conversationId);
    expect(await all(ann, 'fig')).toHaveLength(77);
  });

  test('a request reads few messages that have the words of a phrase in another order, and goes on with the next', async () => {
    const { store, group, put, buildAll } = world();
    const ann = uuidv7();
    const conversationId = await group(ann);
    await put(conversationId, ann, ['pear.plum', ...Array.from({ length: 5_000 }, () => 'plum.pear')]);
    await buildAll(conversationId);
    const { conversations: own } = await overview(store, ann);
    let read = 0;
    const counted: typeof store = {
      ...store,
      at(id, seqs) {
        read += seqs.length;
        return store.at(id, seqs);
      },
    };
    const first = ok(await search(counted, ann, own, { q: 'pear.plum' }));
    expect(first.hits).toEqual([]);
    expect(read).toBeLessThan(4_100);
    const next = ok(await search(counted, ann, own, { q: 'pear.plum', cursor: first.nextCursor ?? '' }));
    expect(texts(next.hits)).toEqual(['pear.plum']);
  });

  test('a number that nobody used is sealed before its segment is built, so that nothing lands there later', async () => {
    const { chat, store, group, fill, all } = world();
    const ann = uuidv7();
    const conversationId = await group(ann);
    await fill(conversationId, ann, 100, 'kiwi', 1);
    const hole = draft(conversationId, ann, { text: 'kiwi' });
    const { accepted } = await chat.accept(hole);
    await fill(conversationId, ann, segmentSize, 'kiwi', 1);
    await buildSegment(store, conversationId, 0, { messages: new Map() }, []);
    const [there] = await store.at(conversationId, [accepted]);
    expect(there?.type).toBe('void');
    ok(await chat.send(hole));
    expect(await all(ann, 'kiwi')).toHaveLength(100 + segmentSize + 1);
  });

  test('one that would be too large is left to be searched as it is', async () => {
    const { store, group, put, all, buildAll } = world();
    const ann = uuidv7();
    const conversationId = await group(ann);
    const texts = Array.from({ length: segmentSize }, (_, i) => (i % 8 === 0 ? `lime ${noise(i)}` : noise(i)));
    await put(conversationId, ann, texts);
    await buildAll(conversationId);
    const { segment } = await store.segment(conversationId, 0);
    expect(segment).toBeDefined();
    expect(segment?.packed).toBeUndefined();
    expect(await all(ann, 'lime')).toHaveLength(segmentSize / 8);
  });

  test('built twice, or by several at once, it is the same', async () => {
    const { store, group, fill } = world();
    const ann = uuidv7();
    const conversationId = await group(ann);
    await fill(conversationId, ann, segmentSize, 'date', 3);
    await Promise.all(Array.from({ length: 4 }, () => ensureSegment(store, conversationId, 0)));
    const built = await store.segment(conversationId, 0);
    await buildSegment(store, conversationId, segmentOf(1), { messages: new Map() });
    expect(await store.segment(conversationId, 0)).toEqual(built);
  });
});
