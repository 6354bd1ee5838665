import { judge } from '#checker/judge.ts';
import { Parser } from '#checker/parse.ts';
import type { DrillResult } from './run.ts';

/** Lets the checker judge the lines of a history. */
export function judgeLines(lines: readonly string[]): DrillResult['verdict'] {
  const parser = new Parser();
  const events = lines.flatMap((line) => parser.parse(line) ?? []);
  const { valid, counts, unjudged, findings } = judge(events);
  return {
    valid,
    counts,
    unjudged,
    findings: findings
      .slice(0, 10)
      .map(({ rule, text, lines: proof }) => `${rule}: ${text} (lines ${proof.slice(0, 5).join(', ')})`),
  };
}
