import { Bits } from '../facts/bits.ts';
import type { Event } from '../history.ts';
import type { MakeRule } from './rule.ts';

/** What a client's log has shown of a conversation. */
interface Log {
  readonly conversation: string;
  readonly user: string;
  readonly shown: Bits;
  readonly first: number;
  last: number;
  line: number;
}

/** A client's log shows each message once, in the order of `seq`, and passes over none. */
export const order: MakeRule = (facts, report) => {
  const logs = new Map<string, Log>();

  function show(event: Extract<Event, { f: 'show' }>): void {
    const { process, user, conversation = '', line, value } = event;
    const { seq } = value;
    const log = logs.get(`${process} ${conversation}`);
    if (!log) {
      const shown = new Bits();
      shown.add(seq);
      logs.set(`${process} ${conversation}`, { conversation, user, shown, first: seq, last: seq, line });
      return;
    }
    const what = `${conversation} ${seq}`;
    if (!log.shown.add(seq)) report('doubled', `${what} was shown twice by ${process}.`, [log.line, line]);
    else if (seq < log.last)
      report('out-of-order', `${what} was shown by ${process} after ${log.last}.`, [log.line, line]);
    log.last = Math.max(log.last, seq);
    log.line = line;
  }

  /** The client begins anew: with the newest page, or because its user is no member any more. */
  function forget(event: Event): void {
    const end = (id: string) => logs.delete(`${event.process} ${id}`);
    if (event.f === 'receive' && event.value.kind === 'member' && event.value.user === event.user)
      end(event.conversation ?? '');
    if (event.f !== 'sync' || event.type !== 'ok') return;
    for (const id of event.value.removed) end(id);
    for (const { conversation, resync, from, changes = [] } of event.value.entries)
      if (
        resync ||
        (from === 0 && changes[0]?.seq !== 1) ||
        changes.some((change) => change.kind === 'member' && change.user === event.user)
      )
        end(conversation);
  }

  return {
    step({ event }) {
      if (event.f === 'show') show(event);
      else forget(event);
    },
    end() {
      for (const [process, { conversation: id, user, shown, first, last, line }] of logs) {
        const conversation = facts.conversation(id);
        const floor = conversation.membership.floorOf(user, first);
        for (const seq of conversation.between(Math.max(first, floor + 1), last)) {
          const seen = conversation.messages.get(seq);
          if (seen && !shown.has(seq))
            report('out-of-order', `${id} ${seq} was passed over in the log of ${process.split(' ')[0]}.`, [
              seen.line,
              line,
            ]);
        }
      }
    },
  };
};
