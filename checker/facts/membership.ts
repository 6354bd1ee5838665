import type { Tried } from './conversation.ts';

/** Something that may have made people members, or one no member any more. */
export interface MemberOperation extends Tried {
  readonly direction: 'in' | 'out';
  readonly users: readonly string[];
  /** The conversation began with it. */
  readonly founds?: true;
}

/** A span of lines of one recorder in which somebody certainly was no member, both exclusive. */
export interface Absence {
  readonly recorder: string;
  readonly from: number;
  readonly to: number;
}

/**
 * Who was a member when: by the numbers of the changes that somebody saw, and by the operations. An unknown outcome widens what is
 * possible: an addition that nobody knows the end of may take effect at any time after, so nobody is certainly absent any more.
 */
export class Membership {
  readonly operations: MemberOperation[] = [];
  /** By user: the changes that somebody saw, in no order. */
  readonly changes = new Map<
    string,
    { readonly seq: number; readonly change: 'in' | 'out'; readonly line: number }[]
  >();
  /** Whether new members could once read what was before them. Then earlier messages are no leak. */
  isOpen = false;

  see(user: string, seq: number, change: 'in' | 'out', line: number): void {
    const known = this.changes.get(user) ?? [];
    this.changes.set(user, known);
    if (!known.some((other) => other.seq === seq)) known.push({ seq, change, line });
  }

  /** The operations that may have made somebody a member, or none any more. Those that certainly failed are left out. */
  operationsOf(user: string, direction: 'in' | 'out'): MemberOperation[] {
    return this.operations.filter(
      (operation) =>
        operation.direction === direction && operation.end?.type !== 'fail' && operation.users.includes(user),
    );
  }

  /** Whether it is known how the conversation began, so that who is named nowhere is a stranger. */
  get isFounded(): boolean {
    return this.operations.some(({ founds, end }) => founds === true && end?.type === 'ok');
  }

  /**
   * The `seq` after which somebody certainly sees everything, given that they are a member in the end. `first` is the first message
   * that they do see: where it isn't known when they came, nothing is said about what is before it.
   */
  floorOf(user: string, first: number): number {
    const entries = (this.changes.get(user) ?? []).filter(({ change }) => change === 'in').map(({ seq }) => seq);
    const founded = this.operationsOf(user, 'in').some(({ founds, end }) => founds === true && end?.type === 'ok');
    const floor = entries.length > 0 ? Math.max(...entries) : founded ? 0 : first;
    // They may have come back without anybody seeing it.
    return this.operationsOf(user, 'out').length > 0 ? Math.max(floor, first) : floor;
  }

  /**
   * When somebody certainly was no member: before the first operation that could have made them one, and between a removal and the next such operation, if
   * none overlaps the removal. Nothing, if the operations are those of several recorders.
   */
  absencesOf(user: string): Absence[] {
    const [ins, outs] = [this.operationsOf(user, 'in'), this.operationsOf(user, 'out')];
    const recorder = ins[0]?.recorder;
    if (!this.isFounded || recorder === undefined) return [];
    if ([...ins, ...outs].some((operation) => operation.recorder !== recorder)) return [];
    const starts = ins.map(({ line }) => line).sort((a, b) => a - b);
    const absences = [{ recorder, from: 0, to: starts[0] ?? Number.POSITIVE_INFINITY }];
    for (const out of outs) {
      const { line, end } = out;
      if (end?.type !== 'ok') continue;
      const overlaps = ins.some((entry) => entry.line < end.line && endOf(entry) > line);
      if (overlaps) continue;
      absences.push({
        recorder,
        from: end.line,
        to: starts.find((start) => start > end.line) ?? Number.POSITIVE_INFINITY,
      });
    }
    return absences;
  }
}

/** The line by which an operation has certainly had its effect, if it has one. */
export function endOf({ end }: Tried): number {
  return end?.type === 'ok' ? end.line : Number.POSITIVE_INFINITY;
}
