import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Conversation } from '../../protocol/conversations.ts';
import { Hits } from '../../protocol/search.ts';
import { type Api, type Person, startApi } from '../helpers/api.ts';

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
