import { expect, test } from 'vitest';
import type { MessageChange } from '#core/conversations/change.ts';
import { callForRound } from '#core/delivery/rounds.ts';
import { type SendStore, send } from '#core/messages/send.ts';
import { conversationOf } from '#test/helpers/delivery.ts';
import { testRuntime } from '#test/helpers/runtime.ts';

const draft = {
  conversationId: 'room',
  senderId: 'ann',
  clientId: '01890a5d-ac96-774b-bcce-b302099a8057',
  text: 'hello',
  replyTo: null,
  after: undefined,
};

/** Sends a message in a conversation of so many members. Storing it waits for `stored`. Returns the result and what was announced. */
async function sendTo(memberCount: number, stored: (announced: Promise<MessageChange>) => Promise<unknown>) {
  const { promise, resolve } = Promise.withResolvers<MessageChange>();
  const conversation = conversationOf({ ann: {} }, { large: true, memberCount, seq: 7, n: 7 });
  const announced: number[] = [];
  const store: Partial<SendStore> = {
    knownLarge: () => true,
    load: async () => conversation,
    waitMs: () => 0,
    number: async () => ({ ...conversation, seq: 8, n: 8 }),
    commit: async () => 'committed',
    reopen: async () => undefined,
    async put() {
      await stored(promise);
      return undefined;
    },
  };
  const result = await send({ ...testRuntime(), ...(store as SendStore) }, draft, {
    audienceOf: async () => ({ subscribed: false }),
    async announce(message) {
      announced.push(message.seq);
      resolve(message);
    },
  });
  return { result, announced };
}

test('a message that is delivered in rounds is announced while it is stored', async () => {
  const { result, announced } = await sendTo(101, (message) => message);
  expect(result).toMatchObject({ ok: { message: { seq: 8, fanout: true } } });
  expect(announced).toEqual([8]);
});

test('one that its sender’s function delivers isn’t', async () => {
  expect((await sendTo(100, async () => undefined)).announced).toEqual([]);
});

test('nobody calls for a round that is seen to anyway', async () => {
  const calls: (readonly number[])[] = [];
  const asked: number[] = [];
  const ports = (isSeen: boolean) => ({
    isSeenTo: async (_: string, seq: number) => {
      asked.push(seq);
      return isSeen;
    },
    call: async (_: string, seqs: readonly number[]) => void calls.push(seqs),
  });
  await callForRound(ports(true), 'room', [3, 5, 4]);
  expect(calls).toEqual([]);
  await callForRound(ports(false), 'room', [3, 5, 4]);
  expect([calls, asked]).toEqual([[[3, 5, 4]], [5, 5]]);
});
