import type { MakeRule } from './rule.ts';

/** `n` counts messages: it grows with `seq`. A number may be left out, but none comes twice. */
export const numbering: MakeRule = (facts, report) => ({
  end() {
    for (const { id, order, messages } of facts.conversations.values()) {
      let before: { n: number; seq: number; line: number } | undefined;
      for (const seq of order) {
        const seen = messages.get(seq);
        if (!seen) continue;
        const { n } = seen.message;
        if (before && n <= before.n)
          report('numbering', `${id}: message ${n} is at ${seq}, after message ${before.n} at ${before.seq}.`, [
            before.line,
            seen.line,
          ]);
        before = { n, seq, line: seen.line };
      }
    }
  },
});
