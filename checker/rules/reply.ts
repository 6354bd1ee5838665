import type { MakeRule } from './rule.ts';

/** Nobody can answer what isn't there yet. */
export const reply: MakeRule = (facts, report) => ({
  end() {
    for (const conversation of facts.conversations.values())
      for (const [seq, { message, line }] of conversation.messages) {
        const { replyTo } = message;
        if (replyTo === undefined || replyTo < seq) continue;
        report('reply-before-target', `${conversation.id} ${seq} answers ${replyTo}, which comes after it.`, [line]);
      }
  },
});
