import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Change } from '#core/conversations/change.ts';
import { receive } from '#core/messages/receipts.ts';
import { unreadOf } from '#core/messages/unread.ts';
import { overview } from '#core/sync/summary.ts';
import { type Chat, Crash, chatOn, crashing, draft, intercepted, ok, startChatTables } from '#test/helpers/chat.ts';
import { propertyTimeout, runs } from '#test/helpers/runs.ts';

const uuid = (n: number) => `01900000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

let tables: Awaited<ReturnType<typeof startChatTables>>;
beforeAll(async () => {
  tables = await startChatTables();
});
afterAll(() => tables.stop());

/** Every conversation is summarized at once. */
const eager = { lookedAt: 0, quietMs: Number.NEGATIVE_INFINITY };

const who = fc.nat(2);
const only = <T extends string>(type: T) => fc.constant(type);
const action = fc.oneof(
  // A sender's ids are often out of order, and the same message is sent by several at once.
  { weight: 4, arbitrary: fc.record({ type: only('send'), who, id: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ type: only('react'), who, remove: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ type: only('membership'), joins: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ type: only('name'), name: fc.constantFrom('a', 'b') }) },
  { weight: 2, arbitrary: fc.record({ type: only('read'), who, seq: fc.nat(8) }) },
  { weight: 1, arbitrary: fc.record({ type: only('mute'), who, muted: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ type: only('history') }) },
  { weight: 6, arbitrary: fc.record({ type: only('look'), who: fc.nat(3) }) },
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

const death = fc.record({
  at: fc.integer({ min: 1, max: 9 }),
  when: fc.constantFrom('before' as const, 'after' as const),
});

const scenario = fc.record({
  members: fc.constantFrom(3, 9),
  people: fc.array(
    fc.array(fc.record({ action, dies: fc.option(death, { freq: 3 }) }), { minLength: 4, maxLength: 8 }),
    { minLength: 4, maxLength: 4 },
  ),
  scheduler: fc.scheduler(),
});

async function run({ members, people, scheduler }: typeof scenario extends fc.Arbitrary<infer T> ? T : never) {
  const chat = chatOn(tables.client);
  const users = Array.from({ length: members }, (_, i) => uuid(1_000 + i));
  const late = uuid(2_000);
  const [owner = '', ...others] = users;
  const { conversationId } = ok(await chat.commands.create(owner, { type: 'group', name: 'g', memberIds: others }));
  const draftOf = (senderId: string, id: number) => ({
    conversationId,
    senderId,
    clientId: uuid(id),
    text: `message ${id}`,
    replyTo: null,
    after: 0,
  });
  ok(await chat.send(draftOf(owner, 0)));
  for (const userId of [...users, ...users]) await (await overview(chat.store, userId, eager)).summarize();

  const scheduled = intercepted(tables.client, async (call) => {
    await scheduler.schedule(Promise.resolve());
    return call();
  });
  /** The newest change that somebody has seen or got an answer for, and how far each user has read. */
  let readable = 1;
  const read = new Map<string, number>();
  const sees = (changes: readonly Change[]) => {
    for (const { type, seq } of changes) if (type !== 'void') readable = Math.max(readable, seq);
  };

  async function look(one: Chat, userId: string): Promise<void> {
    const [seq, readSeq] = [readable, read.get(userId) ?? 0];
    const { conversations, summarize } = await overview(one.store, userId, eager);
    const found = conversations.find(({ id }) => id === conversationId);
    // Whoever looks has all that anybody knew before they looked.
    if (found) {
      expect(found.summary?.seq ?? found.own?.conversation.seq).toBeGreaterThanOrEqual(seq);
      expect(found.summary?.readSeq ?? found.own?.me.readSeq).toBeGreaterThanOrEqual(readSeq);
    }
    await summarize();
  }

  async function act(one: Chat, action: Action): Promise<void> {
    const user = 'who' in action ? (users[action.who] ?? late) : owner;
    switch (action.type) {
      case 'send': {
        const sent = await one.send(draftOf(user, action.id));
        if ('ok' in sent) {
          sees([sent.ok.message]);
          read.set(user, Math.max(read.get(user) ?? 0, sent.ok.message.seq));
        }
        return;
      }
      case 'react': {
        const request = { action: 'react' as const, conversationId, seq: 1, emoji: '👍' };
        const revised = await one.revise(user, { ...request, ...(action.remove && { remove: true }) });
        if ('ok' in revised && revised.ok.done) sees([revised.ok.done.change]);
        return;
      }
      case 'membership': {
        const changed = action.joins
          ? await one.commands.add(conversationId, owner, [late])
          : await one.commands.remove(conversationId, owner, late);
        if ('ok' in changed) sees(changed.ok.changes);
        return;
      }
      case 'name': {
        const changed = await one.commands.update(conversationId, owner, { name: action.name });
        if ('ok' in changed) sees(changed.ok.changes);
        return;
      }
      case 'read': {
        const { seq = 0 } = (await one.store.reached(conversationId, action.seq)) ?? {};
        const received = await receive(
          one.pointers,
          { userId: user, connectionId: 'one' },
          [{ conversationId, seq, status: 'read' }],
          0,
        );
        if ('ok' in received) read.set(user, Math.max(read.get(user) ?? 0, seq));
        return;
      }
      case 'mute':
        return void (await one.store.mute(user, conversationId, action.muted));
      case 'history':
        return sees(await one.everything(conversationId));
      case 'look':
        return look(one, user);
      default:
        return action satisfies never;
    }
  }

  await scheduler.waitFor(
    Promise.all(
      people.map(async (actions) => {
        for (const { action, dies } of actions) {
          try {
            await act(chatOn(dies ? crashing(scheduled, dies.at, dies.when) : scheduled), action);
          } catch (error) {
            if (!(error instanceof Crash)) throw error;
          }
        }
      }),
    ),
  );
  // Numbers of senders who died are found.
  await chat.everything(conversationId);
  return { chat, conversationId, users: [...users, late] };
}

// A client can't know of the number that was given out, but may name any.
test.each([1, 99])(
  'a read up to %i counts, also if the sending function died after it had moved the pointer',
  async (seq) => {
    const chat = chatOn(tables.client);
    const [ann, ben] = [uuid(3_000), uuid(3_001 + seq)];
    const { conversationId } = ok(await chat.commands.create(ann, { type: 'group', name: 'g', memberIds: [ben] }));
    ok(await chat.send(draft(conversationId, ann)));
    const look = async () => {
      const { conversations, summarize } = await overview(chat.store, ben, eager);
      await summarize();
      return conversations[0];
    };
    for (let i = 0; i < 2; i++) await look();
    expect((await look())?.summary).toMatchObject({ readSeq: 0, unread: 1 });
    await chat.accept(draft(conversationId, ben));
    ok(
      await receive(chat.pointers, { userId: ben, connectionId: 'one' }, [{ conversationId, seq, status: 'read' }], 0),
    );
    expect((await look())?.own?.me).toMatchObject({ readSeq: 2, readN: 2 });
  },
);

test(
  'whoever changes, reads, looks and dies, a summary that counts is what the conversation is',
  async () => {
    let summaries = 0;
    await fc.assert(
      fc.asyncProperty(scenario, async (input) => {
        const { chat, conversationId, users } = await run(input);
        for (const userId of users) {
          const { conversations } = await overview(chat.store, userId);
          const found = conversations.find(({ id }) => id === conversationId);
          const { openings } = await chat.store.openings(userId, { consistent: true });
          const opening = openings.get(conversationId);
          if (!found) {
            expect(opening?.unread).toBeUndefined();
            continue;
          }
          if (!found.summary) continue;
          summaries++;
          const conversation = await chat.store.load(conversationId, [userId]);
          const me = conversation?.members.get(userId);
          if (!conversation || !me) throw new Error('not a member');
          const unread = await unreadOf(chat.store, { conversation, me });
          const { seq, lastActivityAt } = conversation;
          // Numbers that were found to be unused may come after it, because nobody sees them.
          const after = await chat.store.range(conversationId, found.summary.seq + 1, seq);
          expect(after.filter(({ type }) => type !== 'void')).toEqual([]);
          expect(found.summary).toMatchObject({ readSeq: me.readSeq, unread });
          if (after.length === 0) expect(found.summary).toMatchObject({ lastActivityAt });
          expect(opening?.unread).toBe(unread > 0 && !found.muted ? unread : undefined);
        }
      }),
      runs(60),
    );
    expect(summaries).toBeGreaterThan(0);
  },
  propertyTimeout,
);
