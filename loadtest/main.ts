/** Runs a load test: `node main.ts <profile> [options]`, and `node main.ts seed …` makes the users for one (README.md). */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import bench from '../bench/results.json' with { type: 'json' };
import { prepare, runArtillery } from './artillery.ts';
import { checksOf } from './checks.ts';
import { defaultLimit, type Estimate, estimate } from './cost.ts';
import { divide, type Plan, scriptOf } from './plan.ts';
import { isProfile, type Profile, profiles } from './profiles.ts';
import { ArtilleryReport } from './report/artillery-report.ts';
import { renderReport } from './report/render.ts';
import { isTest, type TestName, tests } from './scenarios.ts';
import { startStack } from './stack.ts';
import { chooseTarget, findTarget, isLoopback, Refusal, type Target } from './target.ts';
import { seed } from './users.ts';

const here = import.meta.dirname;
const folders = { run: path.join(here, '.run'), users: path.join(here, '.users'), reports: path.join(here, 'reports') };
const usage = `Usage: node main.ts ${Object.keys(profiles).join('|')} [options]
  --test NAME             ${Object.keys(tests).join(', ')} (default mixed-day)
  --target URL            the address of the page; smoke starts a stack of its own without it
  --stage NAME            the stage that is there, which has to be typed for any target that isn't this machine
  --messages N            messages per second of all together
  --seed-only             make the users and stop; --per-second N accounts at most (default 20)
  --region R              where the tasks of Fargate run (default us-east-1)
  --limit DOLLARS         the most that the run may cost (default ${defaultLimit})`;

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Refusal ? error.message : error);
  process.exitCode = 1;
}

async function main(): Promise<number> {
  const { values, positionals } = readArguments();
  const [name = 'smoke'] = positionals;
  const test = values.test ?? 'mixed-day';
  if (!isProfile(name) || !isTest(test)) throw new Refusal(usage);
  const profile: Profile = {
    ...profiles[name],
    ...(values.messages && { messagesPerSecond: positive(values.messages) }),
  };
  const chosen = await chooseTarget({ profile: name, target: values.target, stage: values.stage }, findTarget);
  const stack = chosen === 'own stack' ? await startStack(path.join(here, '..')) : undefined;
  try {
    const target = chosen === 'own stack' ? await findTarget(stack?.url ?? '') : chosen;
    const perSecond = positive(values['per-second'] ?? '20');
    const { connections: count, roomSize } = profile;
    // A stack of its own is as new as its users.
    if (stack) fs.rmSync(folders.users, { recursive: true, force: true });
    const users = await seed({ target, count, roomSize, perSecond, folder: folders.users, say: console.log });
    if (values['seed-only']) return 0;
    return await run({ name, test, profile, target, users, region: values.region, limit: positive(values.limit) });
  } finally {
    await stack?.stop();
  }
}

interface Run {
  readonly name: string;
  readonly test: TestName;
  readonly profile: Profile;
  readonly target: Target;
  readonly users: string;
  readonly region: string;
  readonly limit: number;
}

async function run({ name, test, profile, target, users, region, limit }: Run): Promise<number> {
  const isLocal = isLoopback(target.httpUrl);
  const plan = divide(profile, isLocal ? 'local' : 'fargate');
  const cost = isLocal ? undefined : await agreeOnCost(plan, estimate(test, profile, plan, bench.rows), limit);
  const script = scriptOf(test, profile, plan, target);
  const file = await prepare(folders.run, script, users);
  fs.mkdirSync(folders.reports, { recursive: true });
  const report = path.join(folders.reports, `${name}-${test}.json`);
  fs.rmSync(report, { force: true });
  const code = await runArtillery(
    file,
    report,
    cost && { workers: plan.workers, region, maxSeconds: cost.secondsFor(limit) },
  );
  if (!fs.existsSync(report)) return code || 1;
  const result = ArtilleryReport.parse(JSON.parse(fs.readFileSync(report, 'utf8')));
  const conditions = script.config.ensure.conditions.map(({ expression }) => expression);
  const about = {
    title: `${test}, ${name}`,
    target: `${target.stage} at ${target.httpUrl}`,
    checks: checksOf(result, conditions),
  };
  const page = report.replace(/json$/, 'html');
  fs.writeFileSync(page, renderReport(result, about));
  console.log(`The report is ${page}`);
  return code;
}

/** Shows what a run costs, and asks. Refuses what is over the limit. */
async function agreeOnCost(plan: Plan, cost: Estimate, limit: number): Promise<Estimate> {
  const dollars = (value: number) => `$${value.toFixed(2)}`;
  console.log(
    `${plan.connections} users on ${plan.workers} tasks of Fargate for ${plan.seconds} s, at list prices of us-east-1:`,
  );
  console.log(
    `  the deployment ${dollars(cost.deployment)}, the tasks ${dollars(cost.tasks)}, together ${dollars(cost.dollars)}`,
  );
  if (cost.dollars > limit) throw new Refusal(`That is more than ${dollars(limit)}. Allow more by --limit.`);
  console.log(`  The tasks are stopped when ${dollars(limit)} would be used up, after ${cost.secondsFor(limit)} s.`);
  const asked = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await asked.question(`Type ${dollars(cost.dollars)} to go on: `);
  asked.close();
  if (answer.trim() !== dollars(cost.dollars)) throw new Refusal('Nothing was started.');
  return cost;
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        test: { type: 'string' },
        target: { type: 'string' },
        stage: { type: 'string' },
        messages: { type: 'string' },
        'seed-only': { type: 'boolean' },
        'per-second': { type: 'string' },
        region: { type: 'string', default: 'us-east-1' },
        limit: { type: 'string', default: String(defaultLimit) },
      },
    });
  } catch (error) {
    throw new Refusal(`${error instanceof Error ? error.message : error}\n${usage}`);
  }
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Refusal(`"${text}" is not a number above 0.\n${usage}`);
  return value;
}
