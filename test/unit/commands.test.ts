import { expect, test } from 'vitest';
import { type ConversationStore, createCommands } from '#core/conversations/commands.ts';
import { fail } from '#protocol/failures.ts';

test('who has begun too many direct conversations begins no more, and still opens those that are there', async () => {
  const store = {
    directOf: async (_: string, other: string) => (other === 'friend' ? 'there' : undefined),
    whoMayAdd: async (ids: readonly string[]) => new Map(ids.map((id) => [id, 'everyone' as const])),
    mayBegin: async () => fail('rate_limited'),
  } satisfies Partial<ConversationStore>;
  const { create } = createCommands(store as Partial<ConversationStore> as ConversationStore);
  const begin = (other: string) => create('ann', { type: 'direct', memberIds: [other] });
  expect(await begin('stranger')).toMatchObject({ error: { code: 'rate_limited' } });
  expect(await begin('friend')).toMatchObject({ ok: { conversationId: 'there', isNew: false } });
});
