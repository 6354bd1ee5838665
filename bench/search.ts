import { setTimeout as sleep } from 'node:timers/promises';
import { ListTablesCommand, paginateQuery } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { keys } from '#adapters/dynamo/messages/keys.ts';
import { overSdk } from '#adapters/dynamo/sdk-client.ts';
import { dynamoDbClient } from '#local/test/helpers/dynamodb.ts';
import { limits } from '#protocol/limits.ts';
import { Hits } from '#protocol/search.ts';
import { fillWithMessages } from '#test/helpers/fill.ts';
import { type Person, register } from './person.ts';
import { percentile, type Row } from './rows.ts';
import type { BenchStack } from './stack.ts';

/** How many messages the conversations have. */
const sizes = [1_000, 10_000, 100_000];
const searches = 40;
const wordsPerMessage = 11;
const vocabulary = 20_000;

/** Measures the time of searches in one conversation, through the whole local stack. */
export async function measureSearch(stack: BenchStack): Promise<Row[]> {
  const rows: Row[] = [];
  for (const messages of sizes) {
    const { ask, group } = await conversationOf(stack, messages);
    await quiet(stack);
    await ask('absent').all();
    for (const [name, word, budget] of [
      ['common', 'often', 300],
      ['rare', 'seldom', undefined],
    ] as const) {
      const times: number[] = [];
      for (let i = 0; i < searches; i++) {
        const start = performance.now();
        await ask(word).page();
        times.push(performance.now() - start);
      }
      rows.push({ group, name: `${name} word, first page, p50`, value: percentile(times, 50), unit: 'ms' });
      rows.push({ group, name: `${name} word, first page, p95`, value: percentile(times, 95), unit: 'ms', budget });
    }
    const start = performance.now();
    const { pages, hits } = await ask('seldom').all();
    rows.push({ group, name: 'rare word, to the end', value: performance.now() - start, unit: 'ms' });
    rows.push({ group, name: 'rare word, to the end', value: pages, unit: 'pages' });
    if (hits !== 3) throw new Error(`${hits} hits`);
  }
  return rows;
}

/** Measures what it takes to build the search index, to keep it up to date and to search it. */
export async function measureSearchUnits(stack: BenchStack): Promise<Row[]> {
  const rows: Row[] = [];
  for (const messages of sizes) {
    const before = await stack.usage();
    const { ask, group, ...place } = await conversationOf(stack, messages);
    await quiet(stack);
    const { writeUnits } = await stack.usage();
    const perMessage = (writeUnits - before.writeUnits) / messages;
    rows.push({ group, name: 'index, a message', value: perMessage, unit: 'write units', budget: 0.1 });
    rows.push({ group, name: 'index, a message', value: (await indexBytes(stack, place)) / messages, unit: 'bytes' });
    for (const word of ['often', 'seldom']) {
      const { readUnits, calls } = await stack.usageOf(5, () => ask(word).page());
      rows.push({ group, name: `'${word}', first page`, value: readUnits, unit: 'read units' });
      rows.push({ group, name: `'${word}', first page`, value: calls, unit: 'calls' });
    }
  }
  return rows;
}

async function indexBytes(stack: BenchStack, { table, conversationId }: { table: string; conversationId: string }) {
  const client = dynamoDbClient(stack.database, { credentials: stack.credentials });
  const where = {
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: marshall({ ':pk': keys.segment(conversationId, 0)['pk'] }),
  };
  let bytes = 0;
  for await (const { Items = [] } of paginateQuery({ client }, { TableName: table, ...where }))
    for (const { packed } of Items) bytes += packed?.B?.byteLength ?? 0;
  client.destroy();
  return bytes;
}

/** Waits until the functions behind the stream have finished. */
async function quiet(stack: BenchStack): Promise<void> {
  for (let before = -1, now = 0; now !== before; ) {
    await sleep(3_000);
    before = now;
    now = (await stack.usage()).invocations;
  }
}

/** Creates a conversation with messages of 11 words that are distributed by Zipf's law. One in 20 has `often`, and three have `seldom`. */
async function conversationOf(stack: BenchStack, messages: number) {
  const person: Person = await register(stack, `searcher${messages}`);
  const conversationId = await person.talkTo([]);
  const client = dynamoDbClient(stack.database, { credentials: stack.credentials });
  const { TableNames = [] } = await client.send(new ListTablesCommand());
  const table = TableNames.find((name) => name.includes('Messages')) ?? '';
  const random = generator();
  const texts = Array.from({ length: messages }, (_, i) => {
    const words = Array.from({ length: wordsPerMessage }, () => wordOf(Math.floor(vocabulary ** random()) - 1));
    if (i % 20 === 0) words.push('often');
    if (i % Math.floor(messages / 3) === 10 && i < messages - 5) words.push('seldom');
    return words.join(' ');
  });
  await fillWithMessages(
    overSdk(client),
    table,
    { conversationId, senderId: person.id, seq: 0, n: 0 },
    texts,
    Date.now,
  );
  client.destroy();

  const get = async (word: string, cursor: string | null) =>
    Hits.parse(
      await person.call(
        'GET',
        `/search?q=${word}&conversationId=${conversationId}${cursor ? `&cursor=${cursor}` : ''}`,
      ),
    );
  const ask = (word: string) => ({
    async page(): Promise<void> {
      const { hits } = await get(word, null);
      if (word === 'often' && hits.length < limits.searchHits) throw new Error(`${hits.length} hits`);
    },
    async all() {
      let hits = 0;
      let pages = 0;
      for (let cursor: string | null = null; pages === 0 || cursor !== null; pages++) {
        const answer: Hits = await get(word, cursor);
        hits += answer.hits.length;
        cursor = answer.nextCursor;
      }
      return { hits, pages };
    },
  });
  return { ask, table, conversationId, group: `Search over ${messages} messages in one conversation` };
}

/** A random number generator from 0 to 1 that yields the same numbers every time (mulberry32). */
function generator(): () => number {
  let state = 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const syllables = ['ka', 'to', 'ri', 'men', 'so', 'la', 'ver', 'dun', 'pi', 'chi', 'bor', 'e', 'ul', 'an', 'gre', 'ti'];

/** Makes frequent words short, as they are in natural languages. */
function wordOf(rank: number): string {
  let word = '';
  for (let rest = rank + 1; rest > 0; rest = Math.floor(rest / syllables.length))
    word += syllables[rest % syllables.length];
  return word;
}
