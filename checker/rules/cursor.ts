import type { Conversation } from '../facts/conversation.ts';
import type { Event, Place, Synced } from '../history.ts';
import type { MakeRule } from './rule.ts';

/** A span of numbers, both inclusive, that a catch-up passed over. */
interface Passed {
  readonly conversation: Conversation;
  readonly event: Event;
  readonly from: number;
  readonly to: number;
  /** The first change that it did have. */
  readonly first: number;
  /** Whether it was the newest page, which has messages and no other changes. */
  readonly isPage: boolean;
}

/** A catch-up never answers with less than was known, and passes over nothing that is or comes there. */
export const cursor: MakeRule = (facts, report) => {
  const passed: Passed[] = [];

  function judgeLast(event: Event, asked: Place, id: string, last: number): void {
    const { highest } = facts.conversation(id);
    const own = highest.get(`${event.recorder} ${event.user}`)?.before(asked.line);
    const others = highest.get(event.recorder)?.before(asked.line);
    const lines = [asked.line, event.line];
    if (own && own.value > last)
      report('backwards-cursor', `${id} ends at ${last} for ${event.user}, who knew ${own.value}.`, [
        own.line,
        ...lines,
      ]);
    else if (others && others.value > last)
      report('stale-read', `${id} ends at ${last} for ${event.user}, when ${others.value} was known.`, [
        others.line,
        ...lines,
      ]);
  }

  function judgeChanges(event: Event, { conversation: id, from, last, changes = [], more, resync }: Synced): void {
    if (from === undefined) return;
    let at = resync ? (changes[0]?.seq ?? 1) - 1 : from;
    const first = changes[0]?.seq ?? last;
    const pass = (to: number) => {
      const span = { from: at + 1, to, first, isPage: resync === true };
      if (to > at) passed.push({ conversation: facts.conversation(id), event, ...span });
    };
    for (const { seq } of changes) {
      if (seq <= at || seq > last)
        report('backwards-cursor', `${id}: a catch-up from ${from} to ${last} has ${seq} after ${at}.`, [event.line]);
      pass(seq - 1);
      at = seq;
    }
    if (!more) pass(last);
  }

  return {
    step({ event, asked }) {
      if (!asked || event.type !== 'ok') return;
      if (event.f !== 'sync' && event.f !== 'unread') return;
      for (const entry of event.value.entries) {
        judgeLast(event, asked, entry.conversation, entry.last);
        if (event.f === 'sync') judgeChanges(event, entry);
      }
    },
    end() {
      for (const { conversation, event, from, to, first, isPage } of passed) {
        const floor = conversation.membership.floorOf(event.user, first);
        for (let seq = Math.max(from, floor + 1); seq <= to; seq++) {
          const change = conversation.changes.get(seq);
          const line = change?.line ?? conversation.acks.get(seq)?.line;
          if (line !== undefined && !(isPage && change && change.kind !== 'message'))
            report('skipped-change', `${conversation.id} ${seq} is missing in a catch-up of ${event.user}.`, [
              line,
              event.line,
            ]);
        }
      }
    },
  };
};
