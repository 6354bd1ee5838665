import type { Conversation } from '../facts/conversation.ts';
import type { Report } from '../findings.ts';
import type { MakeRule } from './rule.ts';

/** A message that was sent when another one was known to be there comes after it. Judged within each recorder. */
export const realTime: MakeRule = (facts, report) => ({
  end() {
    for (const conversation of facts.conversations.values()) judge(conversation, report);
  },
});

interface Span {
  readonly seq: number;
  readonly from: number;
  readonly to: number;
}

function judge(conversation: Conversation, report: Report): void {
  for (const spans of spansByRecorder(conversation).values()) {
    const ended = spans.filter(({ to }) => Number.isFinite(to)).sort((a, b) => a.to - b.to);
    let highest: Span | undefined;
    let index = 0;
    for (const span of spans.sort((a, b) => a.from - b.from)) {
      for (let next = ended[index]; next && next.to < span.from; next = ended[++index])
        if (!highest || next.seq > highest.seq) highest = next;
      if (highest && highest.seq > span.seq)
        report('real-time', `${conversation.id} ${span.seq} was sent when ${highest.seq} was known.`, [
          highest.from,
          highest.to,
          span.from,
        ]);
    }
  }
}

/** When each message can have been stored: between its first attempt, and the first sign of it. */
function spansByRecorder(conversation: Conversation): Map<string, Span[]> {
  const spans = new Map<string, Span[]>();
  for (const { id, attempts } of conversation.sent.values()) {
    const [first] = attempts;
    const seq = conversation.ackOf(id)?.end?.seq ?? conversation.places.get(id)?.keys().next().value;
    if (!first || seq === undefined) continue;
    const { recorder, line: from } = first;
    if (attempts.some((other) => other.recorder !== recorder)) continue;
    const others = spans.get(recorder) ?? [];
    spans.set(recorder, others);
    others.push({ seq, from, to: conversation.knownSince(seq, recorder) });
  }
  return spans;
}
