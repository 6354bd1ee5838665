import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expression } from '#adapters/dynamo/expression.ts';
import { createRecipients } from '#adapters/dynamo/messages/recipients.ts';
import { createRevisions } from '#adapters/dynamo/messages/revisions.ts';
import { queryAll } from '#adapters/dynamo/table.ts';
import { floorOf } from '#core/access.ts';
import { type Change, isRevision, type MessageChange } from '#core/conversations/change.ts';
import type { Conversation } from '#core/conversations/conversation.ts';
import { viewsOf } from '#core/delivery/views.ts';
import type { Draft } from '#core/messages/draft.ts';
import { planEdit, planReact, type Revision, type Subject } from '#core/messages/revision.ts';
import { unreadOf } from '#core/messages/unread.ts';
import { versions } from '#core/messages/versions.ts';
import type { ConversationEvent } from '#protocol/events.ts';
import { type Chat, Crash, chatOn, crashing, draft, intercepted, ok, startChatTables } from '#test/helpers/chat.ts';
import { fetched, Reader } from '#test/helpers/reader.ts';
import { propertyTimeout, runs } from '#test/helpers/runs.ts';

const uuid = (n: number) => `01900000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

let tables: Awaited<ReturnType<typeof startChatTables>>;
beforeAll(async () => {
  tables = await startChatTables();
});
afterAll(() => tables.stop());

const only = <T extends string>(value: T) => fc.constant(value);
const who = fc.nat(2);
/** The authors of the three messages that exist from the start. */
const seq = fc.integer({ min: 1, max: 3 });

const frame = fc.oneof(
  { weight: 3, arbitrary: fc.record({ action: only('edit'), seq, text: fc.constantFrom('a', 'b', 'c') }) },
  {
    weight: 4,
    arbitrary: fc.record({
      action: only('react'),
      seq,
      emoji: fc.constantFrom('👍', '🎉'),
      remove: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ action: only('delete'), seq }) },
);

/** The actions of members, which all run at the same time. */
const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: only('revise'), who, frame }) },
  { weight: 1, arbitrary: fc.record({ type: only('send'), who }) },
  { weight: 1, arbitrary: fc.record({ type: only('membership'), joins: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: only('history'), history: fc.constantFrom('all' as const, 'joined' as const) }),
  },
  { weight: 2, arbitrary: fc.record({ type: only('catchUp'), reader: fc.nat(3) }) },
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

const death = fc.record({
  at: fc.integer({ min: 1, max: 5 }),
  when: fc.constantFrom('before' as const, 'after' as const),
});

const scenario = fc.record({
  members: fc.constantFrom(3, 9),
  /** Whether the history access changes. */
  opens: fc.boolean(),
  /** The actions of each member, one after the other. Each may crash at a call to the database. */
  people: fc.array(
    fc.array(fc.record({ action, dies: fc.option(death, { freq: 4 }) }), { minLength: 4, maxLength: 7 }),
    {
      minLength: 3,
      maxLength: 3,
    },
  ),
  order: fc.infiniteStream(fc.nat()),
  scheduler: fc.scheduler(),
});

async function run({ members, opens, people, scheduler }: typeof scenario extends fc.Arbitrary<infer T> ? T : never) {
  const { client } = tables;
  const chat = chatOn(client);
  const users = Array.from({ length: members }, (_, i) => uuid(1_000 + i));
  const [owner = '', ...others] = users;
  const late = uuid(2_000);
  const { conversationId } = ok(await chat.commands.create(owner, { type: 'group', name: 'g', memberIds: others }));
  let ids = 0;
  const draftOf = (senderId: string): Draft => {
    const clientId = uuid(++ids);
    return { conversationId, senderId, clientId, text: `message ${ids}`, replyTo: null, after: 0 };
  };
  const drafts = [owner, ...others].slice(0, 3).map(draftOf);
  for (const one of drafts) ok(await chat.send(one));

  const readers = [owner, others[0] ?? '', others[1] ?? '', late].map((userId) => new Reader(userId, conversationId));
  for (const reader of readers) await reader.catchUp(chat);
  const live = new Map<string, ConversationEvent[]>([...users, late].map((userId) => [userId, []]));
  const written = new Map<number, string>();
  const scheduled = intercepted(client, async (call) => {
    await scheduler.schedule(Promise.resolve());
    return call();
  });
  const recipientsOf = createRecipients(chat.store, chat.store);
  const busy = new Set<Reader>();

  /** The events that the functions deliver. */
  const tell = async (
    conversation: Conversation,
    changes: readonly Change[],
    messages: readonly MessageChange[] = [],
  ) => {
    const targets = new Map(messages.map((message) => [message.seq, message]));
    for (const { events, userIds } of viewsOf(
      conversation,
      await recipientsOf(conversation),
      changes,
      targets,
      chat.store.avatarUrl,
    ))
      for (const userId of userIds) live.get(userId)?.push(...events);
  };
  const tellNow = async (changes: readonly Change[]) => {
    const conversation = await chat.store.load(conversationId, []);
    if (conversation) await tell(conversation, changes);
  };

  async function perform(on: Chat, one: Action): Promise<void> {
    switch (one.type) {
      case 'revise': {
        // Only the author can edit a message.
        const by = users[one.frame.action === 'edit' ? one.frame.seq - 1 : one.who] ?? '';
        const result = await on.revise(by, { conversationId, ...one.frame });
        if ('error' in result || !result.ok.done) return;
        const { conversation, change, message } = result.ok.done;
        if (one.frame.action === 'edit') written.set(change.seq, one.frame.text);
        return tell(conversation, [change], [message]);
      }
      case 'send': {
        const draft = draftOf(users[one.who] ?? '');
        drafts.push(draft);
        return tellNow([ok(await on.send(draft)).message]);
      }
      case 'membership': {
        const changed = one.joins
          ? await on.commands.add(conversationId, owner, [late])
          : await on.commands.remove(conversationId, owner, late);
        return tellNow('ok' in changed ? changed.ok.changes : []);
      }
      case 'history': {
        const { history } = one;
        if (opens) await tellNow(ok(await on.commands.update(conversationId, owner, { history })).changes);
        return;
      }
      case 'catchUp': {
        const reader = readers[one.reader];
        if (!reader || busy.has(reader)) return;
        busy.add(reader);
        await reader.catchUp(on);
        busy.delete(reader);
      }
    }
  }

  const doing = people.map(async (actions) => {
    for (const { action: one, dies } of actions) {
      const mortal = dies && one.type !== 'catchUp';
      try {
        await perform(chatOn(mortal ? crashing(scheduled, dies.at, dies.when) : scheduled), one);
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
      }
    }
  });
  await scheduler.waitFor(Promise.all(doing));

  const changes = await chat.everything(conversationId);
  const conversation = await chat.store.load(conversationId, [...users, late]);
  if (!conversation) throw new Error('no conversation');
  return { chat, conversationId, conversation, users, late, drafts, readers, live, written, changes };
}

const messagesOf = (changes: readonly Change[]) => changes.filter((change) => change.type === 'message');

type Outcome = Awaited<ReturnType<typeof run>>;

/** Checks that catching up from any cursor, and live events in any order, give the same as fetching the history. */
async function checkStates(
  { chat, conversationId, conversation, users, readers, live, changes }: Outcome,
  order: Iterator<number>,
): Promise<void> {
  for (const reader of readers) {
    await reader.catchUp(chat);
    expect(reader.state).toEqual(await fetched(chat, reader.userId, conversationId));
  }
  const [userId = ''] = users;
  const fresh = await fetched(chat, userId, conversationId);
  for (let cursor = 0; cursor <= conversation.seq; cursor++) {
    const replaying = new Reader(userId, conversationId, cursor);
    await replaying.catchUp(chat);
    const since = fresh.filter(({ seq, updatedSeq = 0 }) => seq > cursor || updatedSeq > cursor);
    for (const message of since) expect(replaying.state).toContainEqual(message);
  }
  // Live events come in any order and twice. Those of crashed actions are missing, so the reader catches up from the first gap.
  const events = live.get(userId) ?? [];
  const seen = new Set(events.map(({ seq }) => seq));
  const gap = changes.find(({ seq }) => !seen.has(seq))?.seq ?? conversation.seq + 1;
  const following = new Reader(userId, conversationId, gap - 1);
  for (const event of shuffled([...events, ...events], order)) following.apply(event);
  await following.catchUp(chat);
  expect(following.state).toEqual(fresh);
}

/** Checks that the last revision in the order of `seq` counts, and that nothing follows a deletion. */
async function checkRevisions({
  chat,
  conversation,
  conversationId,
  changes,
  drafts,
  written,
}: Outcome): Promise<void> {
  expect(changes.map(({ seq }) => seq)).toEqual(changes.map((_, i) => i + 1));
  for (const message of messagesOf(changes)) {
    const revisions = changes.filter(isRevision).filter(({ target: of }) => of === message.seq);
    expect(message.updatedSeq).toBe(revisions.at(-1)?.seq);
    const edits = revisions.filter((change) => change.type === 'edited');
    const first = drafts.find(({ clientId }) => clientId === message.clientId);
    const deletions = revisions.filter(({ type }) => type === 'deleted');
    if (deletions.length > 0) {
      expect(deletions).toEqual([revisions.at(-1)]);
      expect(message).toMatchObject({ text: '', deletedAt: expect.any(Number) });
      expect(edits.map(({ before }) => before)).toEqual(edits.map(() => undefined));
    } else {
      expect(message.edits ?? []).toEqual(edits.map(({ seq }) => seq));
      const texts = [...edits.map(({ before }) => before), message.text];
      expect(texts[0]).toBe(first?.text);
      for (const [i, { seq }] of edits.entries()) if (written.has(seq)) expect(texts[i + 1]).toBe(written.get(seq));
      const author = conversation.members.get(message.senderId);
      if (!author) throw new Error('no author');
      const kept = ok(await versions(chat.store, { conversation, me: author }, message.seq)).versions;
      expect(kept.map(({ text }) => text)).toEqual(texts.slice(0, -1));
    }
    // Sending it again is distinguished from sending something else, whatever its present state is.
    if (!first) throw new Error('no draft');
    expect(ok(await chat.send(first)).message.seq).toBe(message.seq);
    if (deletions.length === 0)
      expect(await chat.send({ ...first, text: 'something else' })).toMatchObject({ error: { code: 'conflict' } });
  }
  expect(messagesOf(await chat.everything(conversationId))).toHaveLength(messagesOf(changes).length);
}

/** Checks that the reactions are those of the changes, and that the unread count is what a count of the history gives. */
async function checkCounts({ chat, conversationId, conversation, changes, users }: Outcome): Promise<void> {
  const items = await queryAll(chat.table, {
    where: expression`pk = ${`conversation#${conversationId}`} AND begins_with(sk, ${'reaction#'})`,
    consistent: true,
  });
  for (const { seq, deletedAt, reactions = [] } of messagesOf(changes)) {
    if (deletedAt !== undefined) continue;
    const given = items.filter((item) => item['target'] === seq);
    const people = (one: string) =>
      given.filter((item) => item['emojis'].includes(one)).map((item) => String(item['sk']).split('#')[2]);
    for (const one of ['👍', '🎉']) {
      const reaction = reactions.find((candidate) => candidate.emoji === one);
      expect(reaction?.count ?? 0).toBe(people(one).length);
      expect([...(reaction?.userIds ?? [])].sort()).toEqual(people(one).sort());
    }
  }
  for (const userId of users) {
    const me = conversation.members.get(userId);
    if (!me) throw new Error('no member');
    const recount = messagesOf(changes).filter(({ seq, senderId }) => seq > me.readSeq && senderId !== userId);
    expect(await unreadOf(chat.store, { conversation, me })).toBe(recount.length);
  }
}

/** Checks that nobody gets a message from before they joined while the history is closed. */
async function checkFloors({ chat, late, conversation, readers, live }: Outcome): Promise<void> {
  const reader = readers.find(({ userId }) => userId === late);
  await reader?.catchUp(chat);
  const told = live.get(late)?.flatMap((event) => ('message' in event && event.message ? event.message : [])) ?? [];
  // The first three messages exist before anybody can join.
  for (const { seq } of [...(reader?.shown ?? []), ...told]) expect(seq).toBeGreaterThan(3);
  const me = conversation.members.get(late);
  for (const { seq } of reader?.state ?? []) expect(seq).toBeGreaterThan(me ? floorOf(conversation, me) : 0);
}

// All rules are one property, because running a scenario is most of the work. It doesn't shrink: that would take longer than the
// test's timeout, and the failure would be lost.
test(
  'whoever edits, reacts, deletes, joins and dies, all end in one state, which is what was done and may be seen',
  async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (input) => {
        const outcome = await run(input);
        await checkStates(outcome, input.order);
        await checkRevisions(outcome);
        await checkCounts(outcome);
        if (!input.opens) await checkFloors(outcome);
      }),
      { ...runs(10), endOnFailure: true },
    );
  },
  propertyTimeout,
);

test('a revision that was planned on what is not there any more writes nothing', async () => {
  const chat = chatOn(tables.client);
  const [ann = '', ben = ''] = [uuid(1), uuid(2)];
  const { conversationId } = ok(await chat.commands.create(ann, { type: 'direct', memberIds: [ben] }));
  ok(await chat.send(draft(conversationId, ann)));
  const on = { conversationId, seq: 1 };
  const conversation = await chat.store.load(conversationId, [ann]);
  const member = conversation?.members.get(ann);
  const [message] = messagesOf(await chat.everything(conversationId));
  if (!conversation || !member || !message) throw new Error('nothing there');
  const before = { conversation, member, message, mine: [] };
  const apply = createRevisions(tables.client, chat.table, chat.media);
  /** Reads with the present head. While a transaction is being committed, a reader may see the new head first. */
  const late = async (subject: Subject, plan: Revision | undefined) => {
    const now = await chat.store.load(conversationId, [ann]);
    if (!plan || !now) throw new Error('nothing to do');
    const change = { ...plan.change, seq: now.seq + 1 };
    expect(await apply({ ...subject, conversation: now }, { ...plan, change })).toBe(false);
    expect((await chat.everything(conversationId)).length).toBe(now.seq);
  };
  ok(await chat.revise(ann, { action: 'react', ...on, emoji: '👍' }));
  await late(before, ok(planEdit(before, 'too late', 0)));
  const [reactedTo] = messagesOf(await chat.everything(conversationId));
  const unaware = { ...before, message: reactedTo ?? message };
  await late(unaware, ok(planReact(unaware, '👍', false)));
  ok(await chat.revise(ann, { action: 'delete', ...on }));
  await late(before, ok(planEdit(before, 'too late', 0)));
});

function shuffled<T>(items: readonly T[], order: Iterator<number>): T[] {
  return items
    .map((item) => ({ item, at: Number(order.next().value) }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
