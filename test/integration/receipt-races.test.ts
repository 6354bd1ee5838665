import fc from 'fast-check';
import { v7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Member } from '#core/conversations/conversation.ts';
import { receive, receivedSeq } from '#core/messages/receipts.ts';
import { unreadOf } from '#core/messages/unread.ts';
import { chatOn, draft, intercepted, ok, startChatTables } from '#test/helpers/chat.ts';
import { runs } from '#test/helpers/runs.ts';

let tables: Awaited<ReturnType<typeof startChatTables>>;
beforeAll(async () => {
  tables = await startChatTables();
});
afterAll(() => tables.stop());

const receipt = fc.record({
  status: fc.constantFrom('read', 'delivered'),
  seq: fc.nat(12),
  /** Of a client that nobody looks at. */
  hidden: fc.boolean(),
});
const scenario = fc.record({
  members: fc.constantFrom(3, 9),
  /** The receipts that each of a reader's devices sends, one after the other. */
  devices: fc.array(fc.array(receipt, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 }),
  messages: fc.nat(5),
  rejoins: fc.boolean(),
  scheduler: fc.scheduler(),
});

test('pointers never go back while someone stays, and unread is what a recount says', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ({ members, devices, messages, rejoins, scheduler }) => {
      const [ann, reader, ...others] = [v7(), v7(), ...Array.from({ length: members - 2 }, () => v7())] as const;
      const chat = chatOn(
        intercepted(tables.client, async (call) => {
          await scheduler.schedule(Promise.resolve());
          return call();
        }),
      );
      const calm = chatOn(tables.client);
      const memberIds = [reader, ...others];
      const { conversationId } = ok(await calm.commands.create(ann, { type: 'group', name: 'g', memberIds }));
      const load = async () => {
        const conversation = await calm.store.load(conversationId, [reader]);
        return { conversation, me: conversation?.members.get(reader) };
      };
      for (let i = 0; i < 3; i++) ok(await calm.send(draft(conversationId, ann)));

      let last: Member | undefined;
      const look = async () => {
        const { me } = await load();
        if (me && me.joinedSeq === last?.joinedSeq) {
          expect(me.readSeq).toBeGreaterThanOrEqual(last.readSeq);
          expect(me.deliveredSeq).toBeGreaterThanOrEqual(last.deliveredSeq);
          expect(me.hiddenSeq ?? 0).toBeGreaterThanOrEqual(last.hiddenSeq ?? 0);
          expect(receivedSeq(me)).toBeLessThanOrEqual((await calm.store.load(conversationId, []))?.seq ?? 0);
        }
        last = me;
      };
      const device = async (receipts: readonly { status: 'read' | 'delivered'; seq: number; hidden: boolean }[]) => {
        const socket = { userId: reader, connectionId: 'one' };
        for (const { hidden, ...one } of receipts)
          await receive({ ...chat.pointers, isVisible: async () => !hidden }, socket, [{ conversationId, ...one }], 0);
      };
      const leave = async () => {
        ok(await chat.commands.remove(conversationId, reader, reader));
        ok(await chat.commands.add(conversationId, ann, [reader]));
        ok(await chat.join(reader, conversationId));
      };
      const under = Promise.all([
        ...devices.map(device),
        (async () => {
          for (let i = 0; i < messages; i++) ok(await chat.send(draft(conversationId, ann)));
        })(),
        ...(rejoins ? [leave()] : []),
      ]);
      let isOver = false;
      const over = under.finally(() => {
        isOver = true;
      });
      while (!isOver) {
        if (scheduler.count() > 0) await scheduler.waitOne();
        else await new Promise((resolve) => setImmediate(resolve));
        await look();
      }
      await over;

      const { conversation, me } = await load();
      if (!conversation || !me) throw new Error('not a member');
      const changes = await calm.everything(conversationId);
      const recount = changes.filter(({ type, seq }) => type === 'message' && seq > me.readSeq);
      expect(await unreadOf(chat.store, { conversation, me })).toBe(recount.length);
    }),
    runs(20),
  );
});
