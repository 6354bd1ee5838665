/**
 * A STORM DAY on this machine: `npm run storm-day [-- --seed N] [--keep FOLDER]`. A thousand clients ramp up, talk more until it is too much,
 * and meet faults. The checker judges what they saw. Writes the raw data and the report into `docs/`, and the histories into the folder.
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { synthesizeBaseline } from '#bench/baseline/index.ts';
import { measurePrices } from '#bench/prices.ts';
import { judge } from '#checker/judge.ts';
import { eventsOf } from '#checker/parse.ts';
import { synthesize } from '#local/synth.ts';
import { runDay } from './day.ts';
import { setQuota } from './quota.ts';
import { writeReport } from './report/write.ts';

/** A quarter of what two cores post to many sockets (`bench/results.json`): they have the clients to run, too, and drills. */
const requestsPerSecond = 1_500;
/** When the load ends at the latest. What comes then takes a minute: the rest arrives, is read, and is judged. */
const loadMs = 490_000;

const options = { seed: { type: 'string', default: '1' }, keep: { type: 'string' } } as const;
const { seed, keep } = parseArgs({ options }).values;
const projectDir = path.join(import.meta.dirname, '..');
const workDir = fs.mkdtempSync(path.join(os.tmpdir(), 'storm-day-'));
const startedAt = Date.now();
/** How many others wanted a core in the minute before. */
const load = Number((os.loadavg()[0] ?? 0).toFixed(1));
const say = (line: string) =>
  console.log(`${String(Math.round((Date.now() - startedAt) / 1_000)).padStart(4)} s  ${line}`);

try {
  const [assemblyDir, baselineDir] = [path.join(workDir, 'app'), path.join(workDir, 'baseline')];
  say('The app and the baseline are synthesized');
  await Promise.all([synthesize(projectDir, workDir, assemblyDir, () => {}), synthesizeBaseline(baselineDir)]);
  setQuota(assemblyDir, requestsPerSecond);
  say('What a message costs is measured, here and in the pattern of the samples');
  const prices = await measurePrices(assemblyDir, baselineDir);
  const folder = keep ?? workDir;
  fs.mkdirSync(folder, { recursive: true });
  const deadline = startedAt + loadMs;
  const { histories, ...day } = await runDay({ assemblyDir, folder, seed: Number(seed), deadline, say });
  say('The checker judges');
  const { valid, counts, operations, findings, countOf, unjudged } = judge(eventsOf(histories));
  const historyMb = Math.round(histories.reduce((sum, file) => sum + fs.statSync(file).size, 0) / 1e6);
  const machine = {
    cpu: os.cpus()[0]?.model ?? '',
    cores: os.cpus().length,
    memoryGb: Math.round(os.totalmem() / 1e9),
    node: process.version,
    load,
  };
  const results = {
    ...day,
    verdict: { valid, counts, operations, findings, countOf: Object.fromEntries(countOf), unjudged },
    prices,
    historyMb,
    machine,
    requestsPerSecond,
    commit: spawnSync('git', ['describe', '--always', '--dirty'], { cwd: projectDir, encoding: 'utf8' }).stdout.trim(),
    seconds: Math.round((Date.now() - startedAt) / 1_000),
    at: new Date(startedAt).toISOString(),
  };
  writeReport(path.join(projectDir, 'docs'), results);
  say(
    `docs/storm-day-report.md is written: ${counts.deliveries} deliveries, ${counts.lost} lost, ${counts.doubled} doubled, ${counts.outOfOrder} out of order`,
  );
  if (valid !== true) process.exitCode = 1;
} finally {
  fs.rmSync(workDir, { recursive: true, force: true });
}
