/** The rules, and what a finding of each says. */
export const rules = {
  lost: 'An acknowledged message is missing from every final history.',
  phantom: 'Somebody saw what nobody sent, or what was refused.',
  doubled: 'A message is there twice: at two places, or in one client’s log.',
  'ack-mismatch': 'A message that was sent again got another answer, or is elsewhere than its answer says.',
  'read-then-gone': 'Somebody who had seen a message didn’t find it later.',
  'read-your-writes': 'Somebody didn’t find what had been acknowledged to them.',
  'stale-read': 'Somebody was shown an older state than others had seen before.',
  'backwards-cursor': 'A catch-up answered with an older state than its caller knew.',
  'skipped-change': 'A catch-up passed over a change.',
  'out-of-order': 'A client’s log showed an older message after a newer one, or passed over one.',
  'lost-edit': 'An acknowledged edit or deletion isn’t in the final history.',
  'pointer-back': 'A read pointer went back.',
  'real-time': 'A message that was sent after another one was acknowledged comes before it.',
  'reply-before-target': 'A reply comes before the message that it answers.',
  numbering: 'The numbers `n` of messages don’t count them.',
  leak: 'Somebody saw or did what only members may.',
  divergence: 'Two members have different histories.',
  unread: 'An unread count isn’t what can be counted.',
  ghost: 'Somebody is called online long after their last socket closed.',
} as const;

export type RuleName = keyof typeof rules;

export interface Finding {
  readonly rule: RuleName;
  readonly text: string;
  /** The lines that prove it, counted through all files. */
  readonly lines: readonly number[];
}

/** Says what is wrong, with the lines that prove it. */
export type Report = (rule: RuleName, text: string, lines: readonly number[]) => void;

/** How many findings of a rule are kept. The others are counted: one fault may show a million times. */
const kept = 20;

/** Collects findings. */
export class Findings {
  readonly list: Finding[] = [];
  readonly counts = new Map<RuleName, number>();

  readonly report: Report = (rule, text, lines) => {
    const count = (this.counts.get(rule) ?? 0) + 1;
    this.counts.set(rule, count);
    const distinct = [...new Set(lines)].sort((a, b) => a - b);
    if (count <= kept) this.list.push({ rule, text, lines: distinct });
  };
}
