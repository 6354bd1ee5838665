import { expect, test } from 'vitest';
import { type AdmissionStore, admit, type Stay } from '#core/conversations/admission.ts';
import { answered, declined, emptyList, type InvitationList, invite } from '#core/conversations/invitations.ts';
import { limits } from '#protocol/limits.ts';
import type { WhoMayAdd } from '#protocol/people.ts';

const now = Date.UTC(2026, 10, 28);
const day = 24 * 3600_000;
const never = () => false;
const to = (conversationId: string, at = now, more: object = {}) => ({ conversationId, by: 'ann', at, ...more });

function listOf(...pending: ReturnType<typeof to>[]): InvitationList {
  return { ...emptyList, pending };
}

test('an invitation is made once for a conversation, unless the earlier one has lapsed', () => {
  const list = invite(emptyList, to('one'), never);
  expect(list?.pending).toEqual([to('one')]);
  if (!list) throw new Error('no list');
  expect(invite(list, to('one', now + 1), never)).toBeUndefined();
  expect(invite(list, to('one', now + 1), () => true)?.pending).toEqual([to('one', now + 1)]);
  expect(invite(list, to('two'), never)?.pending).toHaveLength(2);
  expect(answered(list, 'one').pending).toEqual([]);
});

test('who declined is left in peace for 30 days, and the last 100 conversations are remembered', () => {
  const list = declined(listOf(to('one')), 'one', now);
  expect(list.pending).toEqual([]);
  expect(invite(list, to('one', now + 30 * day - 1), () => true)).toBeUndefined();
  expect(invite(list, to('one', now + 30 * day), never)?.pending).toHaveLength(1);
  let many = list;
  for (let i = 1; i <= limits.invitations; i++) many = declined(many, `another ${i}`, now + i);
  expect(many.declined.size).toBe(limits.invitations);
  expect(many.declined.has('one')).toBe(false);
});

test('a full list makes room at the expense of strangers: the oldest of them goes first, and none displaces an acquaintance', () => {
  const stranger = { stranger: true as const };
  const full = (ofStrangers: number) =>
    listOf(
      ...Array.from({ length: limits.invitations }, (_, i) => to(`${i}`, now - i, i < ofStrangers ? stranger : {})),
    );
  const placed = (list: InvitationList | undefined) => list?.pending.map(({ conversationId }) => conversationId);
  const byStranger = invite(full(3), to('new', now, stranger), never);
  expect(byStranger?.pending).toHaveLength(limits.invitations);
  expect(placed(byStranger)).not.toContain('2');
  expect(invite(full(0), to('new', now, stranger), never)).toBeUndefined();
  const byAcquaintance = placed(invite(full(0), to('new'), never));
  expect(byAcquaintance).toHaveLength(limits.invitations);
  expect(byAcquaintance).toContain('new');
  expect(byAcquaintance).not.toContain(`${limits.invitations - 1}`);
});

interface World {
  readonly settings?: WhoMayAdd;
  readonly blockers?: readonly string[];
  readonly partners?: readonly string[];
  readonly fellows?: readonly string[];
  readonly stays?: readonly Omit<Stay, 'conversationId'>[];
  /** Whether strangers have added or invited too often today. */
  readonly used?: readonly ('memberships' | 'invitations')[];
}

/** What becomes of Ben when Ann adds him, and the queries that it took. */
async function added({ settings = 'everyone', blockers, partners, fellows, stays, used }: World) {
  const among = (ids: readonly string[] = []) => ids.filter((id) => id === 'ben');
  const asked: string[] = [];
  const store: AdmissionStore = {
    now: () => now,
    blocked: async (pairs) => pairs.filter(({ by }) => blockers?.includes(by)),
    staysOf: async (pairs) =>
      pairs.flatMap((pair) =>
        (stays ?? []).filter(({ userId }) => userId === pair.userId).map((one) => ({ ...pair, ...one })),
      ),
    partnersOf: async () => among(partners),
    async fellowsOf(_, userIds) {
      if (userIds.length > 0) asked.push('fellows');
      return among(fellows);
    },
    async takeFromStrangers(userIds, kind) {
      if (userIds.length > 0) asked.push(kind);
      return used?.includes(kind) ? [] : userIds;
    },
  };
  const { members, invited, unasked } = await admit(store, 'ann', ['ben'], new Map([['ben', settings]]), 'room');
  const what = members.length > 0 ? (unasked.has('ben') ? 'added by a stranger' : 'added') : 'left out';
  const [invitation] = invited;
  return [invitation ? `invited by ${invitation.stranger ? 'a stranger' : 'an acquaintance'}` : what, asked];
}

const left = [{ userId: 'ben', until: now - 1, left: true }];
const removed = [{ userId: 'ben', until: now - 1, left: false }];

test.each<[string, World, string, string[]]>([
  ['does not know the one who adds them', {}, 'added by a stranger', ['memberships']],
  ['has agreed to a direct conversation', { partners: ['ben'] }, 'added', []],
  ['has blocked the one who adds them', { blockers: ['ben'], partners: ['ben'] }, 'left out', []],
  ['left by themselves', { stays: left, partners: ['ben'] }, 'invited by an acquaintance', []],
  ['left, and does not know the one who adds them', { stays: left }, 'invited by a stranger', ['invitations']],
  ['was removed', { stays: removed, partners: ['ben'] }, 'added', []],
  ['wants to be added by nobody', { settings: 'nobody', partners: ['ben'] }, 'invited by an acquaintance', []],
  [
    'wants it of acquaintances only',
    { settings: 'acquaintances' },
    'invited by a stranger',
    ['fellows', 'invitations'],
  ],
  [
    'wants it of acquaintances, from a direct conversation',
    { settings: 'acquaintances', partners: ['ben'] },
    'added',
    [],
  ],
  ['wants it of acquaintances, from a group', { settings: 'acquaintances', fellows: ['ben'] }, 'added', ['fellows']],
  [
    'was added by strangers too often today',
    { used: ['memberships'] },
    'invited by a stranger',
    ['memberships', 'fellows', 'invitations'],
  ],
  [
    'was added by strangers too often today, from a group',
    { used: ['memberships'], fellows: ['ben'] },
    'added',
    ['memberships', 'fellows'],
  ],
  [
    'was invited by strangers too often today, too',
    { used: ['memberships', 'invitations'] },
    'left out',
    ['memberships', 'fellows', 'invitations'],
  ],
])('who %s is treated so', async (_, world, what, asked) => {
  expect(await added(world)).toEqual([what, asked]);
});
