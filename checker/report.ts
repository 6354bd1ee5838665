import { rules } from './findings.ts';
import type { Verdict } from './judge.ts';
import { linesOf } from './parse.ts';

/** How long a line of evidence is shown. */
const shownCharacters = 300;

/** The verdict in words. `files` are read once more for the lines that prove a finding. */
export function reportOf(
  { valid, counts, operations, findings, countOf, unjudged }: Verdict,
  files: readonly string[],
): string {
  const evidence = linesAt(new Set(findings.flatMap(({ lines }) => lines)), files);
  const figures = Object.entries(counts).map(([name, count]) => `  ${spaced(name).padEnd(14)} ${count}`);
  const asked = operations.map(
    ({ f, asked, ok, failed, unknown }) =>
      `  ${f.padEnd(14)} asked ${asked}, done ${ok}, refused ${failed}, unknown ${unknown}`,
  );
  const parts = [`Valid: ${valid}`, ...figures, ...asked, ...unjudged.map((what) => `Not judged: ${what}`)];
  for (const [rule, count] of countOf) {
    const shown = findings.filter((finding) => finding.rule === rule);
    parts.push('', `${rule}: ${count} × ${rules[rule]}`);
    if (shown.length < count) parts.push(`  The first ${shown.length}:`);
    for (const { text, lines } of shown) {
      parts.push(`  - ${text}`);
      for (const line of lines) parts.push(`      ${line}: ${evidence.get(line) ?? ''}`);
    }
  }
  return parts.join('\n');
}

function linesAt(wanted: ReadonlySet<number>, files: readonly string[]): Map<number, string> {
  const found = new Map<number, string>();
  let number = 0;
  for (const file of wanted.size > 0 ? files : [])
    for (const line of linesOf(file)) {
      number += 1;
      if (wanted.has(number)) found.set(number, line.slice(0, shownCharacters));
    }
  return found;
}

function spaced(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
