import { catalogue } from './catalogue.ts';
import type { Latency, Measured } from './measure.ts';
import type { DrillResult } from './run.ts';

const ms = (value: number | undefined) => (value === undefined ? '–' : String(value));
const latency = ({ p50, p95, max }: Latency) => `${ms(p50)} / ${ms(p95)} / ${ms(max)}`;

/** What came of a drill, for a terminal. */
export function summaryOf({
  before,
  during,
  after,
  recoveredMs,
  alarms,
  verdict,
  surprises,
  faults,
}: DrillResult): string {
  const line = (what: string, { messages, delivered, undelivered, errors }: Measured) =>
    `  ${what.padEnd(8)}${messages} messages, delivered ${latency(delivered)} ms (p50 / p95 / max), ${undelivered} missing, ${errors} % errors`;
  const { counts } = verdict;
  const { upload } = during;
  return [
    line('before', before),
    line('during', during),
    line('after', after),
    ...(upload.count > 0 ? [`  uploads during: ${upload.failed} of ${upload.count} failed`] : []),
    `  faults  ${faults.map(({ fault, met }) => `${fault.kind} ${met}`).join(', ') || 'the process'}`,
    `  recovered after ${(recoveredMs / 1_000).toFixed(1)} s; alarms: ${alarms.join(', ') || 'none'}`,
    `  checker: ${verdict.valid}; sent ${counts.sent}, acknowledged ${counts.acked}, in histories ${counts.inHistory}, delivered ${counts.delivered}, lost ${counts.lost}, doubled ${counts.doubled}, out of order ${counts.outOfOrder}`,
    ...surprises.map((surprise) => `  ✗ ${surprise}`),
  ].join('\n');
}

/** `docs/chaos.md`, from the results of the drills. */
export function chaos(results: readonly DrillResult[]): string {
  const sum = (of: (result: DrillResult) => number) => results.reduce((total, result) => total + of(result), 0);
  const counted = (of: (counts: DrillResult['verdict']['counts']) => number) =>
    sum(({ verdict }) => of(verdict.counts));
  const missing = Object.keys(catalogue).filter((each) => !results.some(({ name }) => name === each));
  return `# Drills

What happens when parts fail while people talk. This page is written by \`npm run drill -- --all --record\`, from
[the results](../drills/results.json) of the last run of each drill. [Decision 0151](decisions/0151-drills.md) says how it is measured.

In all drills together: **${counted(({ sent }) => sent)} messages sent, ${counted(({ acked }) => acked)} acknowledged, ${counted(({ inHistory }) => inHistory)} of these in the histories; lost ${counted(({ lost }) => lost)}, doubled ${counted(({ doubled }) => doubled)}, out of order ${counted(({ outOfOrder }) => outOfOrder)}, leaked ${counted(({ leaked }) => leaked)}**;
${counted(({ deliveries }) => deliveries)} deliveries.

| drill | delivered before, ms | during, ms | errors | recovered after | alarms | checker | surprises |
|---|---|---|---|---|---|---|---|
${results
  .map(
    ({ name, before, during, recoveredMs, alarms, verdict, surprises }) =>
      `| [\`${name}\`](#${name}) | ${ms(before.delivered.p95)} | ${ms(during.delivered.p95)} | ${during.errors} % | ${seconds(recoveredMs)} | ${alarms.join(', ') || '–'} | ${judgement(verdict.valid)} | ${surprises.length || '–'} |`,
  )
  .join('\n')}

Delivered: the 95th percentile, from when a message was due until a recipient had it. Errors: of all requests that clients made while it lasted, each
attempt counted. Each drill has ${results[0]?.people ?? 0} people in five rooms, with ${results[0]?.messagesPerSecond ?? 0} messages a second whatever the server does, on a machine that other work used, too: compare the columns of a
row, and not the numbers with those of another machine. Metrics and alarms see a minute as ten seconds. Drills that
run after one another share a stack, whose queues are measured once a minute: an alarm of what a stream gave up (\`RecordsDiscarded\`) may be of the drill before.

${missing.length > 0 ? `Not run yet: ${missing.map((name) => `\`${name}\``).join(', ')}.\n\n` : ''}Backup and restore have a drill of their own, \`npm run drill -- restore\` ([disaster recovery](disaster-recovery.md)).

${results.map(section).join('\n')}`;
}

function section(result: DrillResult): string {
  const { name, before, during, after, recoveredMs, alarms, faults, verdict, surprises, seed, course } = result;
  const { title, hypothesis } = catalogue[name];
  const row = (what: string, measured: Measured) =>
    `| ${what} | ${measured.seconds} s | ${measured.messages} | ${latency(measured.accepted)} | ${latency(measured.delivered)} | ${measured.undelivered} | ${latency(measured.read)} | ${measured.errors} % |`;
  const { counts } = verdict;
  return `## ${name}

${title}. *Expected:* ${hypothesis}

| | time | messages | accepted, ms (p50 / p95 / max) | delivered, ms | missing in the end | history read, ms | errors |
|---|---|---|---|---|---|---|---|
${row('before', before)}
${row('during', during)}
${row('after', after)}

- Faults: ${faults.map(({ fault, met }) => `\`${fault.kind}\` met ${met} times`).join(', ') || 'the process of the stack was killed'}.
${during.upload.count > 0 ? `- Uploads: ${during.upload.failed} of ${during.upload.count} failed meanwhile, ${after.upload.failed} of ${after.upload.count} afterwards.\n` : ''}- Recovered after ${seconds(recoveredMs)}. Alarms that rose: ${alarms.join(', ') || 'none'}.
- The checker: ${judgement(verdict.valid)}. Sent ${counts.sent}, acknowledged ${counts.acked}, in histories ${counts.inHistory}, delivered ${counts.delivered}, lost ${counts.lost}, doubled ${counts.doubled}, out of order ${counts.outOfOrder}.
- The slowest twentieth, second by second: ${course.map(({ p95 }) => ms(p95)).join(' ')}
${surprises.map((surprise) => `- Surprise: ${surprise}\n`).join('')}- Again: \`npm run drill -- ${name} --seed ${seed}\`
`;
}

const seconds = (value: number) => `${(value / 1_000).toFixed(1)} s`;
const judgement = (valid: boolean | 'unknown') =>
  valid === true ? 'valid' : valid === false ? '**not valid**' : 'unknown';
