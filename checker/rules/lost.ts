import type { Conversation, Final } from '../facts/conversation.ts';
import type { MakeRule } from './rule.ts';

/** What final histories must have: every acknowledged message, and what anybody saw. All of them must have the same. */
export const lost: MakeRule = (facts, report) => ({
  end() {
    for (const conversation of facts.conversations.values()) {
      const finals = conversation.finals.map((final) => ({
        ...final,
        floor: conversation.membership.floorOf(final.user, Math.min(...final.messages.keys())),
      }));
      for (const seq of conversation.order) {
        const expected = finals.filter(({ floor }) => seq > floor);
        // What nobody acknowledged may have been stored after somebody had read everything.
        const isLate = ({ recorder, asked }: Final) =>
          !conversation.acks.has(seq) && conversation.knownSince(seq, recorder) > asked;
        const missing = expected.filter((final) => !final.messages.has(seq) && !isLate(final));
        if (missing.length === 0) continue;
        const lines = [...linesOf(conversation, seq), ...missing.slice(0, 3).map(({ line }) => line)];
        const what = `${conversation.id} ${seq}`;
        const has = finals.find(({ messages }) => messages.has(seq));
        if (has) {
          const { user } = missing[0] ?? has;
          report('divergence', `${what} is in the final history of ${has.user}, not in that of ${user}.`, [
            ...lines,
            has.line,
          ]);
          continue;
        }
        const ack = conversation.acks.get(seq);
        if (ack === undefined) report('read-then-gone', `${what} was seen, and is in no final history.`, lines);
        else if (!isElsewhere(conversation, ack.id, seq))
          report('lost', `${what}, the message ${ack.id}, was acknowledged, and is in no final history.`, lines);
      }
    }
  },
});

/** Then its acknowledgement is wrong, but the message isn't lost. */
function isElsewhere({ places, finals }: Conversation, id: string, seq: number): boolean {
  return [...(places.get(id)?.keys() ?? [])].some(
    (other) => other !== seq && finals.some(({ messages }) => messages.has(other)),
  );
}

function linesOf({ acks, messages }: Conversation, seq: number): number[] {
  return [acks.get(seq)?.line, messages.get(seq)?.line].filter((line) => line !== undefined);
}
