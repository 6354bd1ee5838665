import type { MakeRule } from './rule.ts';

/** One id is one message, at one place. */
export const doubled: MakeRule = (facts, report) => ({
  end() {
    for (const conversation of facts.conversations.values())
      for (const [id, places] of conversation.places) {
        if (places.size === 1) continue;
        const seqs = [...places.keys()].join(' and ');
        report('doubled', `${conversation.id}: the message ${id} is at ${seqs}.`, [...places.values()]);
      }
  },
});
