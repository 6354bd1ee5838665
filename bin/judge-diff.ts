/**
 * Judges what `cdk diff --method=template` says of some stages, and writes a comment for the pull request:
 * `node bin/judge-diff.ts dev=FILE prod=FILE`, with the labels of the pull request in LABELS, as a JSON array. The exit code is 1
 * if something is found for which there is no label.
 */
import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { commentOn, judge, unlabelled } from './delivery/judge.ts';

const labels = z.array(z.string()).parse(JSON.parse(process.env['LABELS'] || '[]'));
const diffs = process.argv.slice(2).map((argument) => {
  const [stage = '', file = ''] = argument.split('=');
  return { stage, text: readFileSync(file, 'utf8') };
});
console.log(commentOn(diffs, labels));
process.exitCode = diffs.some(({ text }) => unlabelled(judge(text), labels).length > 0) ? 1 : 0;
