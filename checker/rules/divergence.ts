import { messagesIn } from '../facts/messages-in.ts';
import type { Message } from '../history.ts';
import type { MakeRule } from './rule.ts';

/** Whoever sees a message sees the same. Final histories that lack something are judged by `lost.ts`. */
export const divergence: MakeRule = (facts, report) => ({
  step({ event }) {
    for (const { conversation: id, message } of messagesIn(event)) {
      const seen = facts.conversation(id).messages.get(message.seq);
      const version = seen?.versions.get(message.updated ?? 0);
      if (!seen || !version) continue;
      const field =
        different(message, seen.message, ['id', 'from', 'n', 'replyTo']) ??
        different(message, version.message, ['body', 'deleted', 'reactions']);
      if (field === undefined) continue;
      const lines = [event.line, seen.line, version.line];
      report('divergence', `${id} ${message.seq}: ${event.user} saw another \`${field}\` than others.`, lines);
    }
  },
});

function different(a: Message, b: Message, fields: readonly (keyof Message)[]): keyof Message | undefined {
  for (const field of fields) if (a[field] !== b[field]) return field;
  return undefined;
}
