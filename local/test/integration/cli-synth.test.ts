import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { synthesize } from '../../synth.ts';
import { StackError } from '../../types.ts';

let project: string;

/** An app that only notes that it ran. */
const APP = `require('node:fs').mkdirSync(process.env.CDK_OUTDIR, { recursive: true });
  require('node:fs').writeFileSync(process.env.CDK_OUTDIR + '/manifest.json', '{}');`;

beforeEach(() => {
  project = fs.mkdtempSync(path.join(os.tmpdir(), 'synth-'));
  write('app.cjs', APP);
  write('lib/deep/stack.txt', 'one');
  configure({ include: ['lib', '*.txt'], exclude: ['**/*.md', '**/*.js'] });
});

afterEach(() => fs.rmSync(project, { recursive: true }));

function write(file: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(project, file)), { recursive: true });
  fs.writeFileSync(path.join(project, file), text);
}
const configure = (watch: object | undefined) =>
  write('cdk.json', JSON.stringify({ app: `"${process.execPath}" app.cjs`, watch }));
const data = () => path.join(project, '.data');
const synth = () => synthesize(project, data(), path.join(data(), 'cdk.out'), () => {});

describe('an app', () => {
  it('is synthesized when there is no assembly, and then only when something has changed', async () => {
    expect(await synth()).toBe(true);
    expect(await synth()).toBe(false);
    fs.rmSync(path.join(data(), 'cdk.out'), { recursive: true });
    expect(await synth()).toBe(true);
  });

  it.each<[string, boolean, () => void]>([
    ['a file in a folder that is watched', true, () => write('lib/deep/stack.txt', 'changed')],
    ['a new file of a pattern', true, () => write('new.txt', '')],
    ['a file that is gone', true, () => fs.rmSync(path.join(project, 'lib/deep/stack.txt'))],
    ['the locked packages', true, () => write('package-lock.json', '{}')],
    ['cdk.json', true, () => configure({ include: ['lib'] })],
    ['a file that is excluded', false, () => write('lib/notes.md', '')],
    ['a file elsewhere', false, () => write('other/file.txt', '')],
    ['JavaScript, which cdk init excludes as compiled', true, () => write('lib/handler.js', '')],
    ['the data', false, () => write('.data/file.txt', '')],
  ])('notices %s: %s', async (_, noticed, change) => {
    await synth();
    change();
    expect(await synth()).toBe(noticed);
  });

  it('is watched as a whole where cdk.json does not say', async () => {
    configure(undefined);
    await synth();
    write('other/file.txt', '');
    expect(await synth()).toBe(true);
    expect(await synth()).toBe(false);
  });

  it('is told that it is synthesized for this machine, beside its own context', async () => {
    write('app.cjs', `${APP} require('node:fs').writeFileSync('context.json', process.env.CDK_CONTEXT_JSON);`);
    write('cdk.json', JSON.stringify({ app: `"${process.execPath}" app.cjs`, context: { colour: 'blue' } }));
    await synth();
    expect(JSON.parse(fs.readFileSync(path.join(project, 'context.json'), 'utf8'))).toEqual({
      colour: 'blue',
      'cdk-local-stack': true,
    });
  });

  it('gets what the CDK has looked up, and is built first where cdk.json says how', async () => {
    write('app.cjs', `${APP} require('node:fs').writeFileSync('context.json', process.env.CDK_CONTEXT_JSON);`);
    write('cdk.context.json', JSON.stringify({ zone: 'Z1', colour: 'red' }));
    const run = `"${process.execPath}"`;
    const build = `${run} -e "fs.renameSync('app.cjs', 'built.cjs')"`;
    write('cdk.json', JSON.stringify({ app: `${run} built.cjs`, build, context: { colour: 'blue' } }));
    await synth();
    expect(JSON.parse(fs.readFileSync(path.join(project, 'context.json'), 'utf8'))).toMatchObject({
      colour: 'blue',
      zone: 'Z1',
    });
  });

  it('that compiles itself is not run again for that, but for what was written meanwhile', async () => {
    write('app.cjs', `${APP} require('node:fs').writeFileSync('lib/compiled.js', String(Date.now()));`);
    expect(await synth()).toBe(true);
    expect(await synth()).toBe(false);
    write('app.cjs', `${APP} require('node:fs').writeFileSync('lib/source.ts', String(Math.random()));`);
    write('lib/deep/stack.txt', 'changed');
    expect(await synth()).toBe(true);
    expect(await synth()).toBe(true);
  });

  it('that fails is told with what it wrote, and leaves no assembly that could be taken for its own', async () => {
    await synth();
    write('app.cjs', `${APP} console.error('no such construct'); process.exit(1);`);
    write('lib/deep/stack.txt', 'changed');
    await expect(synth()).rejects.toThrow(/app\.cjs failed:\nno such construct$/);
    write('app.cjs', APP);
    expect(await synth()).toBe(true);
  });

  it.each([
    ['there is no cdk.json', undefined],
    ['cdk.json is no JSON', '{'],
    ['cdk.json names no app', '{}'],
  ])('is refused with a sentence when %s', async (_, text) => {
    if (text === undefined) fs.rmSync(path.join(project, 'cdk.json'));
    else write('cdk.json', text);
    await expect(synth()).rejects.toBeInstanceOf(StackError);
  });
});
