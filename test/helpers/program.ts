import { expect, inject } from 'vitest';
import { Auth, Chat } from '#client/index.ts';
import { endpointsOf } from './member.ts';
import { password } from './visitor.ts';

/** Sends messages by the client package, which is faster than on the page. */
export async function sendByProgram(login: string, conversationId: string, texts: readonly string[]): Promise<void> {
  const { httpUrl, wsUrl } = await endpointsOf(inject('url'));
  const auth = new Auth({ httpUrl });
  await auth.login({ login, password });
  const program = new Chat({ auth, wsUrl });
  await program.open();
  for (const text of texts) void program.send(conversationId, text);
  await expect.poll(() => program.outbox.entries.length).toBe(0);
  program.close();
}
