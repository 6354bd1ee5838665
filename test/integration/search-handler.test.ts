import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSegments } from '#adapters/dynamo/messages/segments.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { find } from '#core/search/packed.ts';
import { segmentSize } from '#core/search/segment.ts';
import { wordsOf } from '#core/search/tokens.ts';
import { Conversation } from '#protocol/conversations.ts';
import { Hits } from '#protocol/search.ts';
import { type Api, type Person, startApi } from '#test/helpers/api.ts';
import { messagesTable } from '#test/helpers/chat.ts';
import { fillWithMessages } from '#test/helpers/fill.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

async function search(person: Person, query: Record<string, string>) {
  const { status, body } = await person.call('GET /search', { query });
  return { status, code: body.code, ...(status === 200 && Hits.parse(body)) };
}

test('a message is found in its conversation and among all, by those who are in it', async () => {
  const [ann, ben, eve] = [await api.register(), await api.register(), await api.register()];
  const created = await ann.call('POST /conversations', { body: { type: 'direct', memberIds: [ben.id] } });
  const { id: conversationId } = Conversation.parse(created.body);
  const device = await ann.open();
  const sent = await device.ask({ action: 'message', conversationId, text: 'See you at the café' });
  expect(sent).toHaveProperty('ok');
  device.socket.webSocket.close();

  for (const query of [{ q: 'CAFE' }, { q: 'cafe see', conversationId }])
    expect((await search(ben, query)).hits).toMatchObject([{ conversationId, message: { senderId: ann.id } }]);
  expect((await search(eve, { q: 'cafe' })).hits).toEqual([]);
  expect(await search(eve, { q: 'cafe', conversationId })).toEqual({ status: 403, code: 'forbidden' });
});

test('what cannot be searched for is refused', async () => {
  const ann = await api.register();
  expect(await search(ann, { q: 'x', conversationId: uuidv7() })).toEqual({ status: 404, code: 'not_found' });
  for (const query of [{}, { q: ' ' }, { q: 'x'.repeat(201) }, { q: 'x', cursor: 'x' }, { q: 'x', limit: '5' }])
    expect(await search(ann, query)).toEqual({ status: 400, code: 'bad_request' });
  expect((await api.call('GET /search', { query: { q: 'x' } })).status).toBe(401);
});

test('a segment is built once it has all of its changes, and again once something was deleted from it', async () => {
  const ann = await api.register();
  const created = await ann.call('POST /conversations', { body: { type: 'group', name: 'all', memberIds: [] } });
  const { id: conversationId } = Conversation.parse(created.body);
  const segments = createSegments(createTable(api.client, messagesTable.TableName));
  const indexed = async (q: string) => {
    const { segment } = await segments.segment(conversationId, 0);
    return segment?.packed && find(0, segment.packed, wordsOf(q)).seqs;
  };
  const texts = Array.from({ length: segmentSize + 1 }, (_, i) => `message ${i + 1}x`);
  const at = { conversationId, senderId: ann.id, seq: 0, n: 0 };
  await fillWithMessages(api.client, messagesTable.TableName, at, texts, Date.now);

  const job = { conversationId, segment: 0 };
  expect(await api.indexJobs()).toContainEqual(job);
  expect(await indexed('7x')).toBeUndefined();
  const broken = '{"conversationId":1}';
  expect(await api.index([JSON.stringify(job), broken])).toEqual({ batchItemFailures: [{ itemIdentifier: broken }] });
  expect(await indexed('7x')).toEqual([7]);

  const device = await ann.open();
  expect(await device.ask({ action: 'delete', conversationId, seq: 7 })).toHaveProperty('ok');
  device.socket.webSocket.close();
  expect(await api.indexJobs()).toContainEqual(job);
  for (let i = 0; i < 2; i++) expect(await api.index([JSON.stringify(job)])).toEqual({ batchItemFailures: [] });
  expect(await indexed('7x')).toEqual([]);
});
