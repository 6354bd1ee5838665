import { Staircase } from '../facts/staircase.ts';
import type { MakeRule } from './rule.ts';

/**
 * A read pointer never goes back: an answer has at least what the user had read, sent or seen of it when it was asked for. Pushed
 * receipts may overtake each other, so they say nothing.
 */
export const pointer: MakeRule = (_, report) => {
  const pointers = new Map<string, Staircase>();

  function move(key: string, line: number, seq: number): void {
    let known = pointers.get(key);
    if (!known) {
      known = new Staircase();
      pointers.set(key, known);
    }
    known.raise(line, seq);
  }

  return {
    step({ event, asked }) {
      if (!asked || event.type !== 'ok') return;
      const { recorder, user, line } = event;
      const keyOf = (conversation = '') => `${recorder} ${user} ${conversation}`;
      if (event.f === 'send') move(keyOf(event.conversation), line, event.value.seq);
      else if (asked.f === 'read') move(keyOf(event.conversation), line, asked.value.seq);
      else if (event.f === 'sync' || event.f === 'unread')
        for (const { conversation, read } of event.value.entries) {
          const known = pointers.get(keyOf(conversation))?.before(asked.line);
          if (known && known.value > read)
            report('pointer-back', `${conversation}: ${user} had read up to ${known.value}, and then up to ${read}.`, [
              known.line,
              line,
            ]);
          move(keyOf(conversation), line, read);
        }
    },
  };
};
