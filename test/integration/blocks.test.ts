import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DynamoDb } from '#adapters/dynamo/client.ts';
import { type Chat, chatOn, draft, intercepted, ok, startChatTables } from '#test/helpers/chat.ts';

let client: DynamoDb;
let stop: () => Promise<void>;
let chat: Chat;
beforeAll(async () => {
  ({ client, stop } = await startChatTables());
  chat = chatOn(client);
});
afterAll(() => stop());

const refused = { error: { code: 'forbidden', message: "You can't write to this person." } };

function two(): [ann: string, ben: string] {
  return [uuidv7(), uuidv7()];
}

function create(by: string, other: string, { commands }: Chat = chat) {
  return commands.create(by, { type: 'direct', memberIds: [other] });
}

/** A chat in which something happens just before its `at`-th call to the database. */
function interrupted(at: number, happens: () => Promise<unknown>): Chat {
  let calls = 0;
  return chatOn(
    intercepted(client, async (call) => {
      if (++calls === at) await happens();
      return call();
    }),
  );
}

describe('who is blocked in a direct conversation', () => {
  test('sends no new message, until the block is taken back; the other one may', async () => {
    const [ann, ben] = two();
    const { conversationId } = ok(await create(ann, ben));
    await chat.blocks.block(ann, ben);
    expect(await chat.send(draft(conversationId, ben))).toMatchObject(refused);
    expect(await chat.send(draft(conversationId, ann))).toHaveProperty('ok');
    await chat.blocks.unblock(ann, ben);
    expect(await chat.send(draft(conversationId, ben))).toHaveProperty('ok');
    expect((await chat.everything(conversationId)).map(({ type }) => type)).toEqual(['message', 'message']);
  });

  test('gets the same answer for what was accepted before, and none for what was not', async () => {
    const [ann, ben] = two();
    const { conversationId } = ok(await create(ann, ben));
    const [never, first, second] = [uuidv7(), uuidv7(), uuidv7()].map((clientId) =>
      draft(conversationId, ben, { clientId, after: 0 }),
    );
    if (!never || !first || !second) throw new Error('no drafts');
    const answers = [ok(await chat.send(first)), ok(await chat.send(second))].map(({ message }) => message.seq);
    await chat.blocks.block(ann, ben);
    const again = [ok(await chat.send(first)), ok(await chat.send(second))].map(({ message }) => message.seq);
    expect(again).toEqual(answers);
    expect(await chat.send(never)).toMatchObject(refused);
    expect(await chat.everything(conversationId)).toHaveLength(2);
  });

  test('is refused, too, when the block comes while an older id is being searched for', async () => {
    const [ann, ben] = two();
    const { conversationId } = ok(await create(ann, ben));
    const older = draft(conversationId, ben, { after: 0 });
    ok(await chat.send(draft(conversationId, ben)));
    // The calls are: the refused acceptance, the head, the changes, the acceptance of the next number.
    const late = interrupted(4, () => chat.blocks.block(ann, ben));
    expect(await late.send(older)).toMatchObject(refused);
    expect(await chat.everything(conversationId)).toHaveLength(1);
  });

  test('neither edits nor reacts any more, but may delete what they wrote', async () => {
    const [ann, ben] = two();
    const { conversationId } = ok(await create(ann, ben));
    const { seq } = ok(await chat.send(draft(conversationId, ben))).message;
    const edit = { action: 'edit' as const, conversationId, seq, text: 'changed' };
    const react = { action: 'react' as const, conversationId, seq, emoji: '👍' };
    // The calls are: the head, the message, the transaction.
    const late = interrupted(3, () => chat.blocks.block(ann, ben));
    expect(await late.revise(ben, edit)).toMatchObject(refused);
    for (const request of [edit, react]) expect(await chat.revise(ben, request)).toMatchObject(refused);
    expect(await chat.revise(ben, { action: 'delete', conversationId, seq })).toHaveProperty('ok');
    expect(await chat.everything(conversationId)).toMatchObject([
      { type: 'message', deletedAt: expect.any(Number) },
      {},
    ]);
  });

  test('is still a member of groups with the other as before', async () => {
    const [ann, ben] = two();
    const { conversationId } = ok(await chat.commands.create(ann, { type: 'group', name: 'both', memberIds: [ben] }));
    await chat.blocks.block(ann, ben);
    expect(await chat.send(draft(conversationId, ben))).toHaveProperty('ok');
  });
});

describe('a block before there is a direct conversation', () => {
  test('lets only the one who blocked make it, and the other not write in it', async () => {
    const [ann, ben] = two();
    await chat.blocks.block(ann, ben);
    expect(await create(ben, ann)).toMatchObject(refused);
    const { conversationId } = ok(await create(ann, ben));
    expect(await chat.send(draft(conversationId, ben))).toMatchObject(refused);
    expect(ok(await create(ben, ann))).toMatchObject({ conversationId, isNew: false });
  });

  test.each([
    ['comes', async (ann: string, ben: string) => chat.blocks.block(ann, ben)],
    [
      'goes and comes back',
      async (ann: string, ben: string) => {
        await chat.blocks.block(ann, ben);
        await chat.blocks.unblock(ann, ben);
        await chat.blocks.block(ann, ben);
      },
    ],
  ])('that %s while the other makes it is not missed', async (_, happens) => {
    const [ann, ben] = two();
    // The calls are: the existing conversation, two blocks, the transaction.
    expect(
      await create(
        ben,
        ann,
        interrupted(4, () => happens(ann, ben)),
      ),
    ).toMatchObject(refused);
    expect(await chat.store.directOf(ann, ben)).toBeUndefined();
  });

  test('that is taken back while the one who blocked makes it leaves no trace', async () => {
    const [ann, ben] = two();
    await chat.blocks.block(ann, ben);
    const { conversationId } = ok(
      await create(
        ann,
        ben,
        interrupted(4, () => chat.blocks.unblock(ann, ben)),
      ),
    );
    expect(await chat.send(draft(conversationId, ben))).toHaveProperty('ok');
  });

  test('holds in a conversation that is made while it is written', async () => {
    const [ann, ben] = two();
    // The calls are: the existing conversation, the transaction.
    await interrupted(2, () => create(ben, ann)).blocks.block(ann, ben);
    const conversationId = (await chat.store.directOf(ann, ben)) ?? '';
    expect(await chat.send(draft(conversationId, ben))).toMatchObject(refused);
  });

  test('and the conversation agree however calls race', async () => {
    for (let round = 0; round < 20; round++) {
      const [ann, ben] = two();
      await Promise.all([create(ben, ann), chat.blocks.block(ann, ben), create(ann, ben)]);
      const conversationId = (await chat.store.directOf(ann, ben)) ?? '';
      expect(await chat.send(draft(conversationId, ben))).toMatchObject(refused);
    }
  });
});

test('blocks are listed apart from conversations', async () => {
  const [ann, ben] = two();
  const { conversationId } = ok(await create(ann, ben));
  await chat.blocks.block(ann, ben);
  await chat.blocks.block(ann, ben);
  expect(await chat.blocks.blockedBy(ann)).toEqual([ben]);
  expect(await chat.blocks.blockedBy(ben)).toEqual([]);
  expect(await chat.store.memberships(ann)).toEqual([{ conversationId, muted: false }]);
  await chat.blocks.unblock(ann, ben);
  await chat.blocks.unblock(ann, ben);
  expect(await chat.blocks.blockedBy(ann)).toEqual([]);
});
