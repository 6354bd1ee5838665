import type { Conversation } from '../facts/conversation.ts';
import { type Absence, endOf } from '../facts/membership.ts';
import type { Operation } from '../history.ts';
import type { MakeRule } from './rule.ts';

/** Something that only members may do, and that was not refused. */
interface Act {
  readonly f: Operation;
  readonly from: number;
  readonly to: number;
}

const ofMembers: ReadonlySet<Operation> = new Set(['edit', 'delete', 'react', 'read', 'history', 'add']);

/** Only members see and write: judged by the numbers of the changes of members, and by when the operations were that changed them. */
export const leak: MakeRule = (facts, report) => {
  const acts = new Map<string, Map<string, Act[]>>();

  function note(conversation: string, user: string, act: Act): void {
    let ofUsers = acts.get(conversation);
    if (!ofUsers) {
      ofUsers = new Map();
      acts.set(conversation, ofUsers);
    }
    const known = ofUsers.get(user);
    if (known) known.push(act);
    else ofUsers.set(user, [act]);
  }

  function judge(conversation: Conversation, user: string): void {
    const { id, membership } = conversation;
    const seen = conversation.seenBy.get(user) ?? new Map<number, number>();
    const done = acts.get(id)?.get(user) ?? [];
    const { isOpen } = membership;
    const isStranger =
      membership.isFounded && membership.operationsOf(user, 'in').length === 0 && !membership.changes.has(user);
    if (isStranger) {
      const [line] = [...seen.values(), ...done.map(({ to }) => to)];
      if (line !== undefined) report('leak', `${user} was never a member of ${id}.`, [line]);
      return;
    }
    for (const absence of membership.absencesOf(user)) {
      for (const { f, from, to } of done)
        if (from > absence.from && to < absence.to)
          report('leak', `${id}: ${user} was no member, and could ${f}.`, [...edges(absence), from, to]);
      if (isOpen) continue;
      for (const [seq, line] of seen)
        if (isWrittenIn(conversation, seq, absence))
          report('leak', `${id} ${seq} was written when ${user} was no member, who saw it.`, [...edges(absence), line]);
    }
    for (const [seq, line] of isOpen ? [] : seen) {
      const since = outsideSince(conversation, user, seq);
      if (since !== undefined)
        report('leak', `${id} ${seq} was seen by ${user}, who was no member there.`, [since, line]);
    }
  }

  return {
    step({ event, asked }) {
      if (!asked || event.type !== 'ok') return;
      const { user, line: to } = event;
      const act = { f: asked.f, from: asked.line, to };
      if (event.f === 'sync' || event.f === 'unread')
        for (const { conversation } of event.value.entries) note(conversation, user, act);
      else if (ofMembers.has(asked.f)) note(event.conversation ?? '', user, act);
      else if (asked.f === 'send') {
        // The answer to a repetition is that of the first attempt, when they may have been a member.
        const first = facts.conversation(event.conversation ?? '').sent.get(asked.value.id)?.attempts[0];
        note(event.conversation ?? '', user, { ...act, from: Math.min(asked.line, first?.line ?? asked.line) });
      }
    },
    end() {
      for (const conversation of facts.conversations.values())
        for (const user of new Set([...conversation.seenBy.keys(), ...(acts.get(conversation.id)?.keys() ?? [])]))
          judge(conversation, user);
    },
  };
};

function edges({ from, to }: Absence): number[] {
  return [from, to].filter((line) => line > 0 && Number.isFinite(line));
}

/** Whether a message was stored between the edges: it was sent after the first, and known before the second. */
function isWrittenIn(conversation: Conversation, seq: number, { recorder, from, to }: Absence): boolean {
  const attempts = conversation.sent.get(conversation.messages.get(seq)?.message.id ?? '')?.attempts ?? [];
  const [first] = attempts;
  if (!first || attempts.some((other) => other.recorder !== recorder)) return false;
  return first.line > from && Math.min(conversation.knownSince(seq, recorder), ...attempts.map(endOf)) < to;
}

/**
 * The line that shows that somebody was no member at a `seq`: the change by which they had gone, or by which they came later. Every
 * number in between must be known to be something else, or they may have come and gone without anybody seeing it.
 */
function outsideSince({ membership, changes }: Conversation, user: string, seq: number): number | undefined {
  const own = membership.changes.get(user) ?? [];
  const before = own.filter((change) => change.seq <= seq).sort((a, b) => b.seq - a.seq)[0];
  const after = own.filter((change) => change.seq > seq).sort((a, b) => a.seq - b.seq)[0];
  if (before?.change === 'in') return undefined;
  const founded = membership.operationsOf(user, 'in').some(({ founds }) => founds === true);
  if (!before && (founded || after?.change !== 'in' || !membership.isFounded)) return undefined;
  for (let number = (before?.seq ?? 0) + 1; number <= seq; number++) if (!changes.has(number)) return undefined;
  return before?.line ?? after?.line;
}
