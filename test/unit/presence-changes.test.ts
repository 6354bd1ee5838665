import { describe, expect, test } from 'vitest';
import { graceMs, type PresenceState } from '#core/people/presence.ts';
import { presenceChangesOf } from '#core/people/presence-changes.ts';

const now = Date.UTC(2026, 10, 22);
const row = (more: Partial<PresenceState> = {}): PresenceState => ({
  userId: 'ben',
  settings: { invisible: false },
  lastSeenAt: undefined,
  connections: [],
  ...more,
});
const there = { connections: ['one'] };
const hidden = { settings: { invisible: true } };
const tell = { userId: 'ben' };

describe('a change of someone’s row', () => {
  test.each([
    ['the first connection', {}, there, [tell]],
    ['another connection', there, { connections: ['one', 'two'] }, []],
    ['one of two that goes', { connections: ['one', 'two'] }, { ...there, lastSeenAt: now }, []],
    ['the last that goes', there, { lastSeenAt: now }, [{ ...tell, goneAt: now }]],
    ['a reconnect in the grace', { lastSeenAt: now - graceMs + 1 }, { ...there, lastSeenAt: now - graceMs + 1 }, []],
    ['a return after it', { lastSeenAt: now - graceMs }, { ...there, lastSeenAt: now - graceMs }, [tell]],
    ['hiding', there, { ...there, ...hidden }, [tell]],
    ['showing up', { ...there, ...hidden }, there, [tell]],
    ['coming while hidden', hidden, { ...there, ...hidden }, []],
    ['going while hidden', { ...there, ...hidden }, { lastSeenAt: now, ...hidden }, []],
    ['a later sight of who is gone', { lastSeenAt: now - 5 }, { lastSeenAt: now }, [{ ...tell, goneAt: now }]],
    [
      'the last to go, in the same millisecond',
      { ...there, lastSeenAt: now },
      { lastSeenAt: now },
      [{ ...tell, goneAt: now }],
    ],
    ['nothing of presence', there, there, []],
  ])('%s', (_, before, after, changes) => {
    expect(presenceChangesOf(row(before), row(after), now)).toEqual(changes);
  });

  test('that erases it is told', () => {
    expect(presenceChangesOf(row(there), undefined, now)).toEqual([tell]);
  });
});
