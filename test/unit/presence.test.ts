import { describe, expect, test } from 'vitest';
import { askPresence, graceMs, type PresenceSubscriptionStore, presenceOf } from '#core/people/presence.ts';
import { testRuntime } from '#test/helpers/runtime.ts';

const now = Date.UTC(2026, 10, 22);
const settings = { invisible: false };
const user = { userId: 'ann', settings, lastSeenAt: undefined, connections: [] };
const offline = { userId: 'ann', online: false, lastSeenAt: null };

describe('presence', () => {
  test.each([
    ['with a connection', { connections: ['one'] }, { online: true, lastSeenAt: null }],
    ['who was never there', {}, { online: false, lastSeenAt: null }],
    ['who went just now', { lastSeenAt: now - graceMs + 1 }, { online: true, lastSeenAt: null }],
    ['who went 30 s ago', { lastSeenAt: now - graceMs }, { online: false, lastSeenAt: '2026-11-21T23:59:30.000Z' }],
  ])('of someone %s', (_, more, presence) => {
    expect(presenceOf({ ...user, ...more }, now)).toEqual({ userId: 'ann', ...presence });
  });

  test.each([{ connections: ['one'] }, { lastSeenAt: now - 1 }, { lastSeenAt: now - 3600_000 }, {}])(
    'of who is invisible is that of someone who was never there: %o',
    (more) => {
      expect(presenceOf({ ...user, ...more, settings: { invisible: true } }, now)).toEqual(offline);
    },
  );

  test('is answered as of after the subscription: who subscribes too late to be told that somebody went is told so', async () => {
    const runtime = testRuntime(now);
    const store: PresenceSubscriptionStore = {
      ...runtime,
      sharing: async (_, others) => others.map((userId) => ({ userId, agreed: true })),
      blocked: async () => [],
      async subscribe() {
        runtime.time += 1;
      },
      presenceStates: async () => [{ ...user, lastSeenAt: now - graceMs + 1 }],
    };
    const asker = { userId: 'ben', connectionId: 'one' };
    const { ok } = Object(await askPresence(store, asker, ['ann']));
    expect(ok.users).toMatchObject([{ online: false }]);
  });
});
