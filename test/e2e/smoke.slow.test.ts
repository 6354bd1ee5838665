import { execFile } from 'node:child_process';
import { expect, inject, test } from 'vitest';
import { judge } from '#checker/judge.ts';
import { Parser } from '#checker/parse.ts';
import { operations } from '#workload/operations.ts';
import { Recorder } from '#workload/recorder.ts';
import { findTarget } from '#workload/target.ts';
import { runWorkload } from '#workload/workload.ts';

const smoke = (url: string) =>
  new Promise<{ failed: boolean; output: string }>((resolve) => {
    execFile(process.execPath, ['test/smoke/main.ts', url], (error, stdout, stderr) =>
      resolve({ failed: error !== null, output: stdout + stderr }),
    );
  });

test('The smoke test passes where the chat works, and erases its accounts', async () => {
  const { failed, output } = await smoke(inject('url'));
  expect(output).not.toContain('✗');
  expect(output.match(/✓ An account is erased/g)).toHaveLength(2);
  expect(failed).toBe(false);
});

test('The smoke test fails where nothing answers, and says at what', async () => {
  expect(await smoke('http://127.0.0.1:9')).toEqual({
    failed: true,
    output: expect.stringContaining('✗ The page says where its APIs are'),
  });
});

test('What people see who do everything at once is what the checker holds to be right', async () => {
  const lines: string[] = [];
  const recorder = new Recorder({ name: 'here', write: (line) => lines.push(line) });
  const { away: _, ...others } = operations;
  const only = Object.keys(others) as (keyof typeof others)[];
  const target = await findTarget(inject('url'));
  await runWorkload({ target, recorder, seed: 1, users: 4, groups: [3, 4], perSecond: 50, seconds: 4, only });
  const parser = new Parser();
  const verdict = judge(lines.flatMap((line) => parser.parse(line) ?? []));
  expect(verdict).toMatchObject({ findings: [], unjudged: [], valid: true });
  expect(verdict.counts.acked).toBeGreaterThan(20);
});
