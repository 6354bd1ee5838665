import { describe, expect, test } from 'vitest';
import type { MessageChange } from '#core/conversations/change.ts';
import type { Member } from '#core/conversations/conversation.ts';
import { newConversation } from '#core/conversations/plan.ts';
import { eventOf } from '#core/delivery/event.ts';
import { messageOf } from '#core/messages/message.ts';
import { revise } from '#core/messages/revise.ts';
import { planDelete, planEdit, planReact, type Subject } from '#core/messages/revision.ts';
import { EventsFrame } from '#protocol/frames.ts';
import { limits } from '#protocol/limits.ts';
import { ok } from '#test/helpers/chat.ts';
import { memberOf } from '#test/helpers/delivery.ts';
import { testRuntime } from '#test/helpers/runtime.ts';

const uuid = (n: number) => `01900000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
const [owner, admin, ann, ben] = [uuid(1), uuid(2), uuid(3), uuid(4)];
const now = Date.UTC(2026, 0, 1);

const message: MessageChange = {
  type: 'message',
  conversationId: uuid(100),
  seq: 5,
  n: 3,
  senderId: ann,
  clientId: uuid(200),
  text: 'first',
  replyTo: 2,
  sentAt: now,
};

function subject(userId: string, more: Partial<Subject> = {}, type: 'group' | 'direct' = 'group'): Subject {
  const founders = [
    { userId: owner, role: 'owner' },
    { userId: admin, role: 'admin' },
    { userId: ann, role: 'member' },
    { userId: ben, role: 'member' },
  ] as const;
  const roles =
    type === 'group' ? founders : founders.map(({ userId: id }) => ({ userId: id, role: 'member' as const }));
  const conversation = { ...newConversation({ id: uuid(100), type, name: 'g' }, roles, now), seq: 9, n: 4 };
  const member = conversation.members.get(userId);
  if (!member) throw new Error('no member');
  return { conversation, member, message, mine: [], ...more };
}

const failure = (code: string) => ({ error: { code } });

describe('an edit', () => {
  test('puts the new text in place, keeps the one before in the change, and what was sent first as a hash', () => {
    const first = ok(planEdit(subject(ann), 'second', now + 1));
    expect(first).toEqual({
      change: {
        type: 'edited',
        conversationId: uuid(100),
        seq: 10,
        n: 4,
        target: 5,
        by: ann,
        at: now + 1,
        before: 'first',
      },
      message: {
        ...message,
        text: 'second',
        editedAt: now + 1,
        edits: [10],
        updatedSeq: 10,
        originalHash: expect.stringMatching(/^.{22}$/),
      },
    });
    const again = subject(ann, first && { message: { ...first.message, edits: [7] } });
    expect(ok(planEdit(again, 'first', now + 2))?.message).toMatchObject({
      text: 'first',
      edits: [7, 10],
      originalHash: first?.message.originalHash,
    });
  });

  test('is for the author alone', () => {
    for (const other of [owner, admin, ben])
      expect(planEdit(subject(other), 'x', now)).toMatchObject(failure('forbidden'));
  });

  test('changes nothing where the text is the same, also when no edit is left', () => {
    const edits = Array.from({ length: limits.editsPerMessage }, (_, i) => i);
    const full = subject(ann, { message: { ...message, edits } });
    expect(planEdit(full, 'first', now)).toEqual({ ok: undefined });
    expect(planEdit(full, 'second', now)).toMatchObject(failure('conflict'));
  });
});

describe('a deletion', () => {
  test('leaves a tombstone without anything that was said, and forgets the texts before the edits', () => {
    const edited = { ...message, edits: [6, 8], originalHash: 'x', editedAt: now, reactions: [], updatedSeq: 8 };
    expect(ok(planDelete(subject(ann, { message: edited }), now))).toEqual({
      change: { type: 'deleted', conversationId: uuid(100), seq: 10, n: 4, target: 5, by: ann },
      message: { ...message, text: '', deletedAt: now, updatedSeq: 10 },
      forgotten: [6, 8],
    });
  });

  test('is for the author, and in groups for those who run them', () => {
    for (const userId of [owner, admin])
      expect(planDelete(subject(userId), now)).toMatchObject({ ok: { forgotten: [] } });
    expect(planDelete(subject(ben), now)).toMatchObject(failure('forbidden'));
    expect(planDelete(subject(owner, {}, 'direct'), now)).toMatchObject(failure('forbidden'));
  });

  test('is the end: again changes nothing, and there is nothing to edit or to react to', () => {
    const gone = { message: { ...message, text: '', deletedAt: now } };
    expect(planDelete(subject(ann, gone), now)).toEqual({ ok: undefined });
    expect(planEdit(subject(ann, gone), 'x', now)).toMatchObject(failure('conflict'));
    expect(planReact(subject(ben, gone), '👍', false)).toMatchObject(failure('conflict'));
  });
});

describe('a reaction', () => {
  const reacted = (userIds: string[], count = userIds.length) => ({
    message: { ...message, reactions: [{ emoji: '👍', count, userIds }] },
  });

  test('that is no emoji by now is taken back', () => {
    const old = { message: { ...message, reactions: [{ emoji: '♔', count: 2, userIds: [ann, ben] }] } };
    expect(ok(planReact(subject(ben, { ...old, mine: ['♔'] }), '♔', true))).toMatchObject({
      change: { removed: true },
      message: { reactions: [{ emoji: '♔', count: 1, userIds: [ann] }] },
      mine: [],
    });
  });

  test('counts its people, lists the first of them, and goes with the last', () => {
    expect(ok(planReact(subject(ben), '👍', false))).toMatchObject({
      change: { type: 'reacted', seq: 10, target: 5, by: ben, emoji: '👍' },
      message: { reactions: [{ emoji: '👍', count: 1, userIds: [ben] }], updatedSeq: 10 },
      mine: ['👍'],
    });
    const back = ok(planReact(subject(ben, { ...reacted([ben]), mine: ['👍'] }), '👍', true));
    expect(back).toMatchObject({ change: { removed: true }, message: { reactions: [] }, mine: [] });
    const many = Array.from({ length: limits.listedReactors }, (_, i) => uuid(i + 10));
    expect(ok(planReact(subject(ben, reacted(many, 100)), '👍', false))?.message.reactions).toEqual([
      { emoji: '👍', count: 101, userIds: many },
    ]);
    expect(ok(planReact(subject(ben, { ...reacted(many, 100), mine: ['👍'] }), '👍', true))?.message.reactions).toEqual(
      [{ emoji: '👍', count: 99, userIds: many }],
    );
  });

  test('changes nothing where it is there already, or was not', () => {
    expect(planReact(subject(ben, { ...reacted([ben]), mine: ['👍'] }), '👍', false)).toEqual({ ok: undefined });
    expect(planReact(subject(ben, reacted([ann])), '👍', true)).toEqual({ ok: undefined });
  });

  test('counts with the other spellings that were stored of it, and goes with all of them', () => {
    const old = { message: { ...message, reactions: [{ emoji: '❤️', count: 2, userIds: [ann, ben] }] }, mine: ['❤'] };
    expect(planReact(subject(ben, old), '❤️', false)).toEqual({ ok: undefined });
    expect(ok(planReact(subject(ben, { ...old, mine: ['❤', '👍', '❤️'] }), '❤️', true))).toMatchObject({
      message: { reactions: [{ emoji: '❤️', count: 1, userIds: [ann] }] },
      mine: ['👍'],
    });
  });

  test('is one of so many different ones', () => {
    const reactions = Array.from({ length: limits.emojiPerMessage }, (_, i) => ({
      emoji: `${i}`,
      count: 1,
      userIds: [ann],
    }));
    const full = { message: { ...message, reactions } };
    expect(planReact(subject(ben, full), '👍', false)).toMatchObject(failure('conflict'));
    expect(planReact(subject(ben, full), '3', false)).toHaveProperty('ok.message');
  });
});

test('the longest message with all the reactions that it can list fits into a frame', () => {
  const reactions = Array.from({ length: limits.emojiPerMessage }, () => ({
    emoji: '👩🏻‍❤️‍💋‍👨🏼',
    count: limits.groupMembers,
    userIds: Array.from({ length: limits.listedReactors }, (_, i) => uuid(i)),
  }));
  const far = 999_999_999_999;
  const longest: MessageChange = {
    ...message,
    seq: far,
    n: far,
    replyTo: far,
    text: '\u0001'.repeat(limits.textCharacters),
    editedAt: now,
    updatedSeq: far,
    reactions,
  };
  const change = { type: 'reacted', conversationId: uuid(1), seq: far, n: far, target: far, by: ann } as const;
  const event = eventOf({ ...change, emoji: '👩🏻‍❤️‍💋‍👨🏼', removed: true }, messageOf(longest), () => '');
  expect(EventsFrame.parse({ events: [event] })).toEqual({ events: [event] });
  expect(Buffer.byteLength(JSON.stringify({ events: [event] }))).toBeLessThanOrEqual(limits.frameBytes);
});

test('a message that was read later than the head is read again, not planned on', async () => {
  const { conversation } = subject(ann);
  const newer = { ...message, text: 'second', edits: [10], updatedSeq: 10 };
  const heads = [conversation, { ...conversation, seq: 10 }];
  const planned: Subject[] = [];
  const revised = await revise(
    {
      ...testRuntime(now),
      load: async () => heads.shift(),
      at: async () => [newer],
      reactionsBy: async () => new Map(),
      apply: async (on) => planned.push(on) > 0,
    },
    ann,
    { action: 'delete', conversationId: conversation.id, seq: message.seq },
  );
  expect(ok(revised).seq).toBe(11);
  expect(planned.map((on) => on.conversation.seq)).toEqual([10]);
});

describe('who revises a message', () => {
  /** A conversation in which Ann may be blocked, or have joined late; every revision of the message is applied. */
  const revised = async (request: Parameters<typeof revise>[2], me: Partial<Member>) => {
    const { conversation } = subject(ann);
    const members = new Map([[ann, memberOf(ann, me)]]);
    const store = {
      ...testRuntime(now),
      load: async () => ({ ...conversation, members }),
      at: async () => [message],
      reactionsBy: async () => new Map(),
      apply: async () => true,
    };
    return revise(store, ann, request);
  };
  const on = { conversationId: uuid(100), seq: message.seq };
  const edit = { action: 'edit', text: 'second', ...on } as const;
  const react = { action: 'react', emoji: '👍', ...on } as const;
  const remove = { action: 'delete', ...on } as const;

  test('may neither edit nor react where they are blocked, and may delete', async () => {
    for (const request of [edit, react])
      expect(await revised(request, { blocked: true })).toMatchObject(failure('forbidden'));
    expect(await revised(remove, { blocked: true })).toHaveProperty('ok');
  });

  test('finds no message from before they joined, except to delete their own', async () => {
    for (const request of [edit, react]) {
      expect(await revised(request, { joinedSeq: message.seq })).toMatchObject(failure('not_found'));
      expect(await revised(request, { joinedSeq: message.seq - 1 })).toHaveProperty('ok');
    }
    expect(await revised(remove, { joinedSeq: message.seq })).toHaveProperty('ok');
  });
});
