import { describe, expect, test } from 'vitest';
import { loadOwn, manages, mayMute, maySee, mayWrite } from '#core/access.ts';
import { conversationOf, memberOf } from '#test/helpers/delivery.ts';

describe('a conversation', () => {
  const conversation = conversationOf({ ann: { readSeq: 3 }, ben: {} });

  test('is given to its members with their own entry, which is asked for', async () => {
    const asked: unknown[] = [];
    const load = async (...request: unknown[]) => {
      asked.push(request);
      return conversation;
    };
    expect(await loadOwn({ load }, 'ann', 'room')).toEqual({
      ok: { conversation, me: expect.objectContaining({ userId: 'ann', readSeq: 3 }) },
    });
    expect(asked).toEqual([['room', ['ann']]]);
  });

  test('that is large has read pointers up to its newest change, although members are read apart from it', async () => {
    const me = { readSeq: 9, readN: 7 };
    const loadAt = (seq: number) => async () => conversationOf({ ann: me }, { large: true, seq, n: seq - 2 });
    expect(await loadOwn({ load: loadAt(9) }, 'ann', 'room')).toMatchObject({ ok: { me } });
    expect(await loadOwn({ load: loadAt(8) }, 'ann', 'room')).toMatchObject({ ok: { me: { readSeq: 8, readN: 6 } } });
  });

  test('is forbidden to everyone else', async () => {
    expect(await loadOwn({ load: async () => conversation }, 'eve', 'room')).toMatchObject({
      error: { code: 'forbidden' },
    });
  });

  test('that does not exist is not found', async () => {
    expect(await loadOwn({ load: async () => undefined }, 'ann', 'room')).toMatchObject({
      error: { code: 'not_found' },
    });
  });
});

test('who is blocked may not write', () => {
  expect(mayWrite(memberOf('ann', { blocked: true }))).toMatchObject({ error: { code: 'forbidden' } });
  expect(mayWrite(memberOf('ann'))).toHaveProperty('ok');
});

test('owners and admins run a group, and nobody else does', () => {
  const roles = ['owner', 'admin', 'member'] as const;
  expect(roles.filter((role) => manages(memberOf('ann', { role })))).toEqual(['owner', 'admin']);
  expect(manages(undefined)).toBe(false);
});

test('a member sees what came after they joined, and in a group with open history all', () => {
  const seen = (history: 'joined' | 'all') =>
    [1, 6, 7, 8].filter((seq) => maySee({ history }, memberOf('ann', { joinedSeq: 7 }), seq));
  expect(seen('joined')).toEqual([8]);
  expect(seen('all')).toEqual([1, 6, 7, 8]);
});

test('everyone mutes for themselves alone', () => {
  expect(mayMute('ann', 'ann')).toHaveProperty('ok');
  expect(mayMute('ann', 'ben')).toMatchObject({ error: { code: 'forbidden' } });
});
