/**
 * Breaks the functions on purpose, one safeguard after the other, and holds the checker to finding each (decision 0149): `npm run mutants`, or
 * `npm run mutants -- TEXT… [--seed N]` for those whose name has one of the texts. It begins with the code as it is, in which nothing may be found.
 */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import type { RuleName } from '#checker/findings.ts';
import { judge, type Verdict } from '#checker/judge.ts';
import { eventsOf } from '#checker/parse.ts';
import { synthesize } from '#local/synth.ts';
import { startTestStack } from '#local/test/helpers/stack.ts';
import { Recorder } from '#workload/recorder.ts';
import { findTarget } from '#workload/target.ts';
import { runWorkload } from '#workload/workload.ts';
import { install } from './bundle.ts';
import { type Mutant, mutants } from './catalogue.ts';

type Run = Pick<Mutant, 'edits' | 'inLarge' | 'presenceBoundMs'>;

const options = { seed: { type: 'string', default: '1' } } as const;
const { values, positionals: texts } = parseArgs({ options, allowPositionals: true });
let runs = 0;
const isWanted = (name: string) => texts.length === 0 || texts.some((text) => name.includes(text));
const folder = fs.mkdtempSync(path.join(tmpdir(), 'mutants-'));
const assembly = path.join(folder, 'cdk.out');
await synthesize(process.cwd(), folder, assembly, () => undefined);

const provocations = [...new Set(mutants.flatMap(({ provoke = [] }) => provoke))];
const failures: string[] = [];
if (isWanted('the code as it is, provoked')) {
  const { file, verdict } = await run({ edits: provocations, presenceBoundMs: 4_000 });
  report('the code as it is, provoked', verdict.findings.length === 0, [], verdict, file);
}
for (const { name, edits, provoke = [], rules, ...more } of mutants.filter(({ name }) => isWanted(name))) {
  const { file, verdict } = await run({ edits: [...provoke, ...edits], ...more });
  const isFound = rules.some((rule) => verdict.countOf.has(rule));
  report(name, isFound, rules, verdict, file);
}
fs.rmSync(assembly, { recursive: true });
if (failures.length > 0) console.log(`✗ ${failures.length} failed: ${failures.join('; ')}`);
process.exit(failures.length > 0 ? 1 : 0);

/** Runs the workload on functions with these edits, and has the checker judge what its clients saw. */
async function run({ edits, inLarge, presenceBoundMs }: Run) {
  await install(assembly, edits);
  await using stack = await startTestStack(assembly);
  runs += 1;
  const file = path.join(folder, `history-${runs}.jsonl`);
  const out = fs.openSync(file, 'w');
  const recorder = new Recorder({ name: 'here', write: (line) => fs.writeSync(out, `${line}\n`) });
  const target = await findTarget(stack.url);
  const crowd = inLarge ? { users: 10, groups: [10, 10] } : { users: 6, groups: [4, 6] };
  await runWorkload({ target, recorder, seed: Number(values.seed), ...crowd, perSecond: 40, seconds: 15 });
  recorder.end();
  fs.closeSync(out);
  return { file, verdict: judge(eventsOf([file]), presenceBoundMs === undefined ? {} : { presenceBoundMs }) };
}

/** Says what was found. What another rule found is said in full: a mutant may break more than its rule says, and the checker may be wrong. */
function report(name: string, isRight: boolean, expected: readonly RuleName[], verdict: Verdict, file: string): void {
  const { counts, countOf, findings, unjudged } = verdict;
  console.log(`  ${counts.sent} sent, ${counts.acked} acked, ${counts.deliveries} deliveries`, ...unjudged);
  const rules = [...countOf].map(([rule, count]) => `${rule} ${count}`).join(', ');
  console.log(`${isRight ? '✓' : '✗'} ${name}: ${rules || 'nothing found'}`);
  const others = findings.filter(({ rule }) => !expected.includes(rule));
  for (const { rule, text, lines } of others.filter(
    (one, i) => others.findIndex(({ rule }) => rule === one.rule) === i,
  ))
    console.log(`    ${rule}: ${text} (lines ${lines.join(', ')})`);
  if (others.length > 0) console.log(`    The history: ${file}`);
  if (!isRight) failures.push(name);
}
