import { expect, inject } from 'vitest';
import { Auth, Chat } from '#client/index.ts';
import { endpointsOf } from './member.ts';
import { password } from './visitor.ts';
import type { Person } from './visitors.ts';

/** Sends messages to the conversation that a visitor has open by the client package, which is faster than on the page. */
export async function sendByProgram({ page, username }: Person, texts: readonly string[]): Promise<void> {
  const { httpUrl, wsUrl } = await endpointsOf(inject('url'));
  const auth = new Auth({ httpUrl });
  await auth.login({ login: username, password });
  const program = new Chat({ auth, wsUrl });
  await program.open();
  const conversationId = new URL(page.url()).hash.slice(2);
  for (const text of texts) void program.send(conversationId, text);
  await expect.poll(() => program.outbox.entries.length).toBe(0);
  program.close();
}
