import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectionLifeMs } from '#adapters/dynamo/connections/sessions.ts';
import { keys } from '#adapters/dynamo/messages/keys.ts';
import { createTable, transact } from '#adapters/dynamo/table.ts';
import { familyKey } from '#adapters/dynamo/users/families.ts';
import { limits } from '#protocol/limits.ts';
import { tables } from '#test/helpers/accounts.ts';
import { type Api, startApi } from '#test/helpers/api.ts';
import { chatOn, draft, messagesTable, ok } from '#test/helpers/chat.ts';
import { Device } from '#test/helpers/device.ts';
import { writeAll } from '#test/helpers/fill.ts';

/** Everything that can be many, as many as it may be (docs/data-model.md, "Bounds"), and what still has to work there. */
let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

/** An id as API Gateway makes them. */
const connectionId = (i: number) => Buffer.from(`connection${i}`.padEnd(11).slice(-11)).toString('base64');
const times = <T>(count: number, make: (i: number) => T) => Array.from({ length: count }, (_, i) => make(i));

test('a message with all that it may have can be deleted, although its earlier texts and its files go with it', async () => {
  const chat = chatOn(api.client);
  const [ann, ben] = [uuidv7(), uuidv7()];
  const { conversationId } = ok(await chat.commands.create(ann, { type: 'direct', memberIds: [ben] }));
  const files = await Promise.all(times(limits.mediaPerMessage, () => api.addFile(ann, conversationId)));
  const mediaIds = files.map(({ id }) => id);
  const { message } = ok(await chat.send(draft(conversationId, ann)));
  const key = keys.change(conversationId, message.seq);
  await chat.table.put({ ...(await chat.table.get(key)), ...key, media: files });
  await chat.media.keep(mediaIds, { conversationId, seq: message.seq });
  const at = { conversationId, seq: message.seq };
  for (let i = 0; i < limits.editsPerMessage; i++)
    ok(await chat.revise(ann, { action: 'edit', ...at, text: `${i} ${'x'.repeat(3_900)}` }));
  expect(await chat.revise(ann, { action: 'edit', ...at, text: 'once more' })).toMatchObject({
    error: { code: 'conflict' },
  });
  const emojis = times(limits.emojiPerMessage + 1, (i) => String.fromCodePoint(0x1f600 + i));
  for (const emoji of emojis.slice(0, -1)) ok(await chat.revise(ben, { action: 'react', ...at, emoji }));
  expect(await chat.revise(ben, { action: 'react', ...at, emoji: emojis.at(-1) ?? '' })).toMatchObject({
    error: { code: 'conflict' },
  });
  ok(await chat.revise(ben, { action: 'react', ...at, emoji: emojis[0] ?? '', remove: true }));

  // The segment of the message is complete, so its deletion is noted there, too.
  for (let i = 0; i < 260; i++) ok(await chat.send(draft(conversationId, ben)));
  ok(await chat.revise(ann, { action: 'delete', ...at }));
  expect(await chat.media.getAll(mediaIds)).toEqual([]);
});

test('a file has as many uses as it may, and each of them can end', async () => {
  const { media } = chatOn(api.client);
  const conversationId = uuidv7();
  const { id } = await api.addFile(uuidv7(), conversationId);
  const use = (seq: number) => ({ conversationId, seq });
  for (let seq = 1; seq <= limits.messagesPerMedia; seq++) expect(await media.keep([id], use(seq))).toBe(true);
  expect(await media.keep([id], use(1_000))).toBe(false);
  expect(await transact(api.client, await media.letGo([id], use(1)))).toEqual({ done: true });
  expect(await media.keep([id], use(1_000))).toBe(true);
  expect((await media.withUses(id))?.uses).toHaveLength(limits.messagesPerMedia);
});

test('a person of whom everything is as much as it may be logs in, connects, talks, blocks and logs out', async () => {
  const names = { username: 'hoarder', email: 'hoarder@example.org', password: 'a rare phrase' };
  const { body: first } = await api.call('POST /auth/register', { body: names });
  const ann: string = first.user.id;
  const ben = await api.register('ben');
  const now = Date.now();
  const ages = (i: number) => (i % 2 === 0 ? now - 1_000 * i : now - connectionLifeMs - 1_000 * i);
  await createTable(api.client, tables.connections).put({
    userId: ann,
    connections: Object.fromEntries(
      times(limits.sockets, (i) => [
        connectionId(i),
        { since: ages(i), familyId: randomUUID(), displaced: [connectionId(100 + i)] },
      ]),
    ),
    lastRevoked: { familyId: uuidv7(), at: now },
    lastSeenAt: now,
    pushUntil: now + 86_400_000,
    privateRead: true,
    invisible: true,
    pushText: true,
  });
  const expiresAt = Math.ceil(now / 1000) + 86_400;
  const createdAt = new Date(now - 86_400_000).toISOString();
  await writeAll(
    api.client,
    tables.users,
    times(limits.logins * 2, (i) => ({
      ...familyKey(ann, uuidv7()),
      createdAt,
      expiresAt,
      device: 'Firefox on Linux',
      // Half of them are over.
      ...(i % 2 === 0 && { tokenHash: String(i) }),
    })),
  );
  await writeAll(
    api.client,
    messagesTable.TableName,
    times(limits.blockedUsers, () => keys.block(ann, uuidv7())),
  );

  const login = { login: names.username, password: names.password };
  const { status, body: session } = await api.call('POST /auth/login', { body: login });
  expect(status).toBe(200);
  const token: string = session.accessToken;
  const device = new Device(await api.openSocket(token));
  const created = await api.call('POST /conversations', { token, body: { type: 'direct', memberIds: [ben.id] } });
  expect(created.status).toBe(201);
  const conversationId: string = created.body.id;
  expect(await device.ask({ action: 'message', conversationId, text: 'hello' })).toMatchObject({ ok: { seq: 1 } });

  const block = (method: string, id: string) => api.call(`${method} /users/me/blocks/{id}`, { token, params: { id } });
  expect(await block('PUT', ben.id)).toMatchObject({ status: 409, body: { code: 'conflict' } });
  const { body: blocked } = await api.call('GET /users/me/blocks', { token });
  expect((await block('DELETE', blocked.userIds[0])).status).toBe(204);
  expect((await block('PUT', ben.id)).status).toBe(204);

  const { refreshToken } = session;
  expect((await api.call('POST /auth/refresh', { body: { refreshToken } })).status).toBe(200);
  expect((await api.call('POST /auth/logout', { body: { refreshToken } })).status).toBe(204);
  expect((await api.gateway.refusal(undefined, { Authorization: `Bearer ${token}` })).status).toBe(401);
});
