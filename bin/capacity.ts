/**
 * Reckons what a load needs and costs: `npm run capacity -- --users 100000 --online 0.2 --messages 50000/s`. It asks nobody: the counters
 * are those of the bench, and the prices those of `lib/prices.ts` (`docs/cost.md`).
 */
import { parseArgs } from 'node:util';
import bench from '#bench/results.json' with { type: 'json' };
import { alternatives, type Bill, stormBill, total } from './capacity/bill.ts';
import { defaults, readLoad } from './capacity/load.ts';
import { needsOf } from './capacity/needs.ts';
import { quotasOf } from './capacity/quotas.ts';

const options = Object.fromEntries(Object.keys(defaults).map((name) => [name, { type: 'string' as const }]));

try {
  const { values } = parseArgs({ options, allowNegative: false });
  print(readLoad(values));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(
    `The options are ${Object.keys(defaults)
      .map((name) => `--${name}`)
      .join(', ')} (docs/cost.md).`,
  );
  process.exitCode = 1;
}

function print(load: ReturnType<typeof readLoad>): void {
  const needs = needsOf(load, bench.rows);
  console.log('The busiest minute');
  line('open sockets', count(needs.sockets));
  line('new sockets', `${count(needs.newSockets)}/s`);
  line('deliveries', `${count(needs.deliveries)}/s`);
  line('requests, frames and posts at API Gateway', `${count(needs.requests)}/s`);
  line('invocations', `${count(needs.invocations)}/s`);
  line('functions at once', count(needs.concurrency));
  line('write units', `${count(needs.writeUnits)}/s`);
  line('read units', `${count(needs.readUnits)}/s`);
  if (needs.hotTurnSeconds > 0)
    line('a round through all of the busiest room takes', `${count(needs.hotTurnSeconds)} s`);
  line('until all are back after all sockets were lost', `${count(needs.secondsToReconnect)} s`);

  console.log('\nQuotas (needed / default)');
  for (const { name, needed, limit, otherwise } of quotasOf(needs)) {
    line(name, `${count(needed)} / ${count(limit)}`);
    if (needed > limit) console.log(`    → ${otherwise}`);
  }

  const storm = stormBill(load, needs);
  printBill('STORM, a month', storm);
  for (const { name, bill, remarks } of alternatives(load, needs)) {
    const less = 1 - total(bill) / total(storm);
    printBill(`${name}, a month`, bill, less > 0 ? `${Math.round(100 * less)} % less than STORM` : undefined);
    for (const remark of remarks) console.log(`    ${remark}`);
  }
}

function printBill(title: string, bill: Bill, verdict = ''): void {
  console.log(`\n${title}`);
  for (const [part, dollars] of Object.entries(bill)) line(part, `$${money(dollars)}`);
  line('total', `$${money(total(bill))}`, verdict);
}

function line(name: string, value: string, more = ''): void {
  console.log(`  ${name.padEnd(72)} ${value.padStart(16)}  ${more}`.trimEnd());
}

function count(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 2 : 0 });
}

function money(value: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}
