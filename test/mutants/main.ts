/**
 * Breaks the functions on purpose, one safeguard after the other, and holds the checker to finding each (decision 0149): `npm run mutants`, or
 * `npm run mutants -- TEXT…` for those whose name has one of the texts. It begins with the code as it is, in which nothing may be found.
 */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { RuleName } from '#checker/findings.ts';
import { judge } from '#checker/judge.ts';
import { eventsOf } from '#checker/parse.ts';
import { synthesize } from '#local/synth.ts';
import { startTestStack } from '#local/test/helpers/stack.ts';
import { Recorder } from '#workload/recorder.ts';
import { findTarget } from '#workload/target.ts';
import { runWorkload } from '#workload/workload.ts';
import { install } from './bundle.ts';
import { type Mutant, mutants } from './catalogue.ts';

type Run = Pick<Mutant, 'edits' | 'inLarge' | 'presenceBoundMs'>;

const texts = process.argv.slice(2);
const isWanted = (name: string) => texts.length === 0 || texts.some((text) => name.includes(text));
const folder = fs.mkdtempSync(path.join(tmpdir(), 'mutants-'));
const assembly = path.join(folder, 'cdk.out');
await synthesize(process.cwd(), folder, assembly, () => undefined);

const provocations = [...new Set(mutants.flatMap(({ provoke = [] }) => provoke))];
const failures: string[] = [];
if (isWanted('the code as it is, provoked')) {
  const found = await run({ edits: provocations, presenceBoundMs: 8_000 });
  report('the code as it is, provoked', found.size === 0, found);
}
for (const { name, edits, provoke = [], rules, ...more } of mutants.filter(({ name }) => isWanted(name))) {
  const found = await run({ edits: [...provoke, ...edits], ...more });
  report(
    name,
    rules.some((rule) => found.has(rule)),
    found,
  );
}
fs.rmSync(folder, { recursive: true });
if (failures.length > 0) console.log(`✗ ${failures.length} failed: ${failures.join('; ')}`);
process.exit(failures.length > 0 ? 1 : 0);

/** Runs the workload on functions with these edits, and returns how often each rule found something. */
async function run({ edits, inLarge, presenceBoundMs }: Run): Promise<ReadonlyMap<RuleName, number>> {
  await install(assembly, edits);
  await using stack = await startTestStack(assembly);
  const file = path.join(folder, 'history.jsonl');
  const out = fs.openSync(file, 'w');
  const recorder = new Recorder({ name: 'here', write: (line) => fs.writeSync(out, `${line}\n`) });
  const target = await findTarget(stack.url);
  const crowd = inLarge ? { users: 10, groups: [10, 10] } : { users: 6, groups: [4, 6] };
  await runWorkload({ target, recorder, seed: 1, ...crowd, perSecond: 40, seconds: 10 });
  recorder.end();
  fs.closeSync(out);
  const { countOf, counts, unjudged } = judge(
    eventsOf([file]),
    presenceBoundMs === undefined ? {} : { presenceBoundMs },
  );
  console.log(`  ${counts.sent} sent, ${counts.acked} acked, ${counts.deliveries} deliveries`, ...unjudged);
  return countOf;
}

function report(name: string, isRight: boolean, found: ReadonlyMap<RuleName, number>): void {
  if (!isRight) failures.push(name);
  const rules = [...found].map(([rule, count]) => `${rule} ${count}`).join(', ');
  console.log(`${isRight ? '✓' : '✗'} ${name}: ${rules || 'nothing found'}`);
}
