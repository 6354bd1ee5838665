import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { expect, inject, test } from 'vitest';
import { Api, Auth, Chat, deliveryStatus, type Failure } from '#client/index.ts';
import { endpointsOf } from '#test/helpers/member.ts';

const example = /```ts\n([\s\S]+?)```/.exec(fs.readFileSync('client/README.md', 'utf8'))?.[1] ?? '';
const password = 'a long enough secret';

function must<T>(result: { ok: T } | { error: Failure }): T {
  if ('error' in result) throw new Error(result.error.code);
  return result.ok;
}

test('The example of the README runs as it stands, and answers', async () => {
  const { httpUrl, wsUrl } = await endpointsOf(inject('url'));
  const newcomer = new Auth({ httpUrl });
  const echo = must(await newcomer.register({ username: 'echo', email: 'echo@example.org', password }));
  const auth = new Auth({ httpUrl });
  const ann = must(await auth.register({ username: 'ann', email: 'ann@example.org', password }));

  const script = example.replace('http://localhost:3000', inject('url'));
  const program = spawn(process.execPath, ['--input-type=module-typescript', '--eval', script], { stdio: 'inherit' });
  const chat = new Chat({ auth, wsUrl });
  try {
    await chat.open();
    // Echo begins the conversation, so that Ann may see when it is online.
    const { id } = must(await new Api(newcomer).createConversation({ type: 'direct', memberIds: [ann.id] }));
    // A message from before it came is history to it, which it doesn't answer.
    chat.presence.subscribe([echo.id]);
    await expect.poll(() => chat.presence.get(echo.id)?.online).toBe(true);
    await chat.send(id, 'Hello');
    const messages = () => chat.conversations.get(id)?.messages ?? [];
    await expect.poll(messages).toMatchObject([
      { text: 'Hello', senderId: ann.id, reactions: [{ emoji: '👍', count: 1, userIds: [echo.id] }] },
      { text: 'You said: Hello', senderId: echo.id, replyTo: 1 },
    ]);
    const read = () =>
      messages().map((message) => deliveryStatus(chat.conversations.get(id) ?? expect.fail(), message, ann.id));
    await expect.poll(() => read()[0]).toEqual({ status: 'read', delivered: 1, read: 1 });
    expect(example.trim().split('\n').length).toBeLessThanOrEqual(16);
  } finally {
    chat.close();
    program.kill();
    await once(program, 'exit');
  }
});
