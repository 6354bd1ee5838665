/**
 * Runs a workload against a stage and writes what its clients saw: `node workload/main.ts URL --out FILE [--seed N] [--users N]
 * [--groups 3,8] [--per-second N] [--seconds N]`. URL is that of the page. Then: `node checker/main.ts FILE`.
 */
import * as fs from 'node:fs';
import { hostname } from 'node:os';
import { parseArgs } from 'node:util';
import { Recorder } from './recorder.ts';
import { findTarget } from './target.ts';
import { runWorkload } from './workload.ts';

const options = {
  out: { type: 'string', default: 'history.jsonl' },
  seed: { type: 'string', default: '1' },
  users: { type: 'string', default: '8' },
  groups: { type: 'string', default: '3,8' },
  'per-second': { type: 'string', default: '50' },
  seconds: { type: 'string', default: '20' },
} as const;
const { values, positionals } = parseArgs({ options, allowPositionals: true });
const [url = 'http://localhost:3000'] = positionals;

const file = fs.createWriteStream(values.out);
const recorder = new Recorder({ name: `${hostname()}-${process.pid}`, write: (line) => file.write(`${line}\n`) });
await runWorkload({
  target: await findTarget(url),
  recorder,
  seed: Number(values.seed),
  users: Number(values.users),
  groups: values.groups.split(',').map(Number),
  perSecond: Number(values['per-second']),
  seconds: Number(values.seconds),
});
recorder.end();
await new Promise<void>((resolve) => file.end(resolve));
process.exit(0);
