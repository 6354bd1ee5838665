/** What a text of a virtual user says of itself: who sent it, its number among their messages here, and when it was due. */
export interface Mark {
  readonly sender: string;
  /** 1, 2, 3, … of this sender in this conversation. */
  readonly number: number;
  /** In ms since 1970, by the sender's clock. */
  readonly dueAt: number;
}

const pattern = /^load ([0-9a-f]{12}) (\d+) (\d+) /;

export function markedText({ sender, number, dueAt }: Mark, characters: number): string {
  return `load ${sender} ${number} ${dueAt} `.padEnd(characters, 'x');
}

export function markOf(text: string): Mark | undefined {
  const [, sender, number, dueAt] = pattern.exec(text) ?? [];
  return sender === undefined ? undefined : { sender, number: Number(number), dueAt: Number(dueAt) };
}

export interface Seen {
  readonly seq: number;
  readonly text: string;
}

/** What became of a message that somebody saw: `doubled` is the same message once more, at another `seq`. */
export type Sighting = 'new' | 'known' | 'doubled' | 'out of order';

/** The messages of one conversation that a virtual user has seen, by sender and number. */
export class Ledger {
  readonly #seqs = new Map<string, number[]>();

  see(mark: Mark, seq: number): Sighting {
    const seqs = this.#seqs.get(mark.sender) ?? [];
    this.#seqs.set(mark.sender, seqs);
    const known = seqs[mark.number];
    if (known !== undefined) return known === seq ? 'known' : 'doubled';
    seqs[mark.number] = seq;
    let [before, after] = [mark.number - 1, mark.number + 1];
    while (before > 0 && seqs[before] === undefined) before -= 1;
    while (after < seqs.length && seqs[after] === undefined) after += 1;
    return (seqs[before] ?? 0) < seq && seq < (seqs[after] ?? Number.POSITIVE_INFINITY) ? 'new' : 'out of order';
  }

  has({ sender, number }: Mark): boolean {
    return this.#seqs.get(sender)?.[number] !== undefined;
  }
}

export interface Verdict {
  /** Messages of the history that this user didn't receive, and own messages that were acknowledged and aren't there. */
  readonly lost: number;
  /** Messages that are in the history more than once. */
  readonly doubled: number;
}

/** Compares the history of the time in which a user was connected with what they received, and with what was acknowledged to them. */
export function compare(
  history: readonly Seen[],
  received: Ledger,
  acknowledged: ReadonlySet<number>,
  me: string,
): Verdict {
  const there = new Ledger();
  let lost = 0;
  let doubled = 0;
  for (const { seq, text } of history) {
    const mark = markOf(text);
    if (!mark) continue;
    if (there.see(mark, seq) === 'doubled') doubled += 1;
    else if (!received.has(mark)) lost += 1;
  }
  for (const number of acknowledged) if (!there.has({ sender: me, number, dueAt: 0 })) lost += 1;
  return { lost, doubled };
}
