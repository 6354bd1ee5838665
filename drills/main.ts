/**
 * Breaks something while people talk, and says what came of it: `npm run drill` lists what can be broken, `npm run drill -- NAME` does it.
 * It works on a local stack of its own, on loopback only. With `--target STAGE` it starts one of the drills of a stage on AWS instead.
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { askAws } from '#bin/leftovers/account.ts';
import { synthesize } from '#local/synth.ts';
import { startOnAws } from './aws.ts';
import { catalogue, type DrillName } from './catalogue.ts';
import { summaryOf } from './report.ts';
import { readResults, writeResults } from './results.ts';
import { type DrillResult, runDrill } from './run.ts';
import { DrillStack } from './stack.ts';

const help = `Usage: npm run drill -- NAME… [--seed N] [--record] [--history FILE]
       npm run drill -- --all [--seed N] [--record]
       npm run drill -- NAME --target STAGE
  --short         talk for three seconds only before something is broken
  --record        keep the results in drills/results.json, and write docs/chaos.md from them
  --history FILE  write the history of the last drill, for the checker
  --target STAGE  start a drill of a stage on AWS (docs/storm-day.md), with the aws command line`;

/** The drill of a restore is the rehearsal, which has people and checks of its own. */
const restore = 'restore';

const isName = (name: string): name is DrillName => Object.hasOwn(catalogue, name);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    all: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    record: { type: 'boolean', default: false },
    short: { type: 'boolean', default: false },
    history: { type: 'string' },
    target: { type: 'string' },
  },
});
if (values.target !== undefined) {
  const id = await startOnAws(askAws, values.target, positionals.join(' '));
  console.log(
    `Begun. To see how it is going:\n  aws fis get-experiment --id ${id}\nTo end it:\n  aws fis stop-experiment --id ${id}`,
  );
  process.exit();
}
const names = values.all ? Object.keys(catalogue) : positionals;
const unknown = names.filter((name) => !isName(name) && name !== restore);
if (names.length === 0 || unknown.length > 0) {
  for (const name of unknown) console.error(`There is no drill ${name}.`);
  console.log(`${help}\n`);
  for (const [name, { title }] of Object.entries(catalogue)) console.log(`  ${name.padEnd(22)}${title}`);
  console.log(`  ${restore.padEnd(22)}The data are damaged, and restored from the backup (npm run rehearse-restore)`);
  process.exit(unknown.length > 0 ? 1 : 0);
}

const folder = fs.mkdtempSync(path.join(tmpdir(), 'drills-'));
try {
  const assemblyDir = path.join(folder, 'cdk.out');
  await synthesize(process.cwd(), folder, assemblyDir, () => undefined);
  const results: DrillResult[] = [];
  const drills = names.filter(isName);
  const stack = drills.length > 0 ? await DrillStack.start(assemblyDir) : undefined;
  for (const name of drills) {
    console.log(`— ${name}: ${catalogue[name].title}`);
    const more = {
      ...(values.short && { steadyMs: 3_000 }),
      ...(values.history !== undefined && { historyFile: values.history }),
    };
    const result = await runDrill(name, {
      assemblyDir,
      ...(stack && { stack }),
      seed: Number(values.seed),
      ...more,
    });
    console.log(summaryOf(result));
    results.push(result);
    if (values.record) writeResults([...readResults().filter((each) => each.name !== name), result]);
  }
  await stack?.stop();
  if (names.includes(restore)) {
    const { status } = spawnSync(process.execPath, ['test/rehearsal/main.ts'], { stdio: 'inherit' });
    if (status !== 0) process.exitCode = 1;
  }
  if (results.some(({ surprises }) => surprises.length > 0)) process.exitCode = 1;
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
// The SDK's clients may still wait for something that doesn't matter any more.
process.exit();
