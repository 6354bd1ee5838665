import type { Facts, Step } from '../facts/facts.ts';
import type { Report } from '../findings.ts';

/** A rule. `step` is called after the facts have taken an event, `end` when all is known. */
export interface Rule {
  step?(step: Step): void;
  end?(): void;
}

export type MakeRule = (facts: Facts, report: Report) => Rule;
