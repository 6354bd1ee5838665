#!/usr/bin/env node
/**
 * Judges histories: `node checker/main.ts FILE… [--elle OUT] [--json OUT] [--presence-bound-ms N]`. Exits with 0 if they are valid, 1 if
 * not, 2 if that can't be said, and 3 if they can't be read.
 */
import * as fs from 'node:fs';
import { parseArgs } from 'node:util';
import { writeElle } from './elle.ts';
import { judge } from './judge.ts';
import { eventsOf, HistoryError } from './parse.ts';
import { reportOf } from './report.ts';

const options = {
  elle: { type: 'string' },
  json: { type: 'string' },
  'presence-bound-ms': { type: 'string', default: '45000' },
} as const;

try {
  const { values, positionals: files } = parseArgs({ options, allowPositionals: true });
  if (files.length === 0)
    throw new HistoryError('Usage: node checker/main.ts FILE… [--elle OUT] [--json OUT] [--presence-bound-ms N]');
  const verdict = judge(eventsOf(files), { presenceBoundMs: Number(values['presence-bound-ms']) });
  console.log(reportOf(verdict, files));
  if (values.json !== undefined)
    fs.writeFileSync(
      values.json,
      JSON.stringify({ ...verdict, countOf: Object.fromEntries(verdict.countOf) }, null, 2),
    );
  if (values.elle !== undefined) writeElle(eventsOf(files), values.elle);
  process.exitCode = verdict.valid === true ? 0 : verdict.valid === false ? 1 : 2;
} catch (error) {
  console.error(error instanceof HistoryError ? error.message : error);
  process.exitCode = 3;
}
