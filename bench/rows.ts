import * as fs from 'node:fs';
import * as os from 'node:os';

/** A measured number, and its budget if it has one: the largest value that is allowed. */
export interface Row {
  readonly group: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly budget?: number | undefined;
}

const verdict = ({ value, budget }: Row) => (budget === undefined ? '' : value <= budget ? 'ok' : 'OVER');

/** Formats a number with four significant digits, or with all digits if it is a whole number. */
const show = (value: number) => String(Number.isInteger(value) ? value : Number(value.toPrecision(4)));

export function printRows(rows: readonly Row[]): void {
  for (const [group, members] of Map.groupBy(rows, (row) => row.group)) {
    console.log(`\n${group}`);
    for (const row of members) {
      const { name, value, unit, budget } = row;
      const limit = budget === undefined ? '' : `≤ ${show(budget)}`;
      console.log(
        `  ${name.padEnd(46)} ${show(value).padStart(10)} ${unit.padEnd(12)} ${limit.padEnd(10)} ${verdict(row)}`.trimEnd(),
      );
    }
  }
}

/** How many processes wanted a core in the minute before, and whether that is more than half of the cores: then CPU and times are those of a busy machine. */
export function loadBefore(): { readonly processes: number; readonly isBusy: boolean } {
  const processes = Number((os.loadavg()[0] ?? 0).toFixed(1));
  return { processes, isBusy: processes > os.cpus().length / 2 };
}

/** `load` is that of the machine before, and stands in the file: numbers of a busy machine say little. */
export function writeResults(file: string, rows: readonly Row[], load: number): void {
  const results = {
    measuredAt: new Date().toISOString(),
    machine: {
      cpu: os.cpus()[0]?.model ?? 'unknown',
      cores: os.cpus().length,
      memoryGiB: Math.round(os.totalmem() / 2 ** 30),
      platform: `${os.platform()} ${os.arch()}`,
      node: process.version,
      load,
    },
    rows: rows.map((row) => ({ ...row, value: Number(show(row.value)), verdict: verdict(row) || undefined })),
  };
  fs.writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
}

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** Returns a percentile by the nearest-rank method. */
export function percentile(values: readonly number[], percent: number): number {
  const rank = Math.max(1, Math.ceil((percent / 100) * values.length));
  return values.toSorted((a, b) => a - b)[rank - 1] ?? Number.NaN;
}
