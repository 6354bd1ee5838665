import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { functionResource, writeAssembly } from '#local/test/helpers/assembly.ts';

const packages = ['storm-chat-protocol', 'storm-chat-client', 'cdk-local-stack'];
const run = promisify(execFile);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'packages-'));
const modules = path.join(folder, 'node_modules');
// On Windows npm is a script.
const [npm, shell] = ['npm', process.platform === 'win32'];

const clientProgram = `
  import { Auth, Chat } from 'storm-chat-client';
  const auth = new Auth({ httpUrl: 'http://127.0.0.1:9' });
  const result = await auth.login({ login: 'ann', password: 'a long enough secret' });
  if ('error' in result) console.log(result.error.code);
  else await new Chat({ auth, wsUrl: 'ws://127.0.0.1:9' }).open();
  // @ts-expect-error A number is no login. Were the types missing, this line would be the error.
  void (() => auth.login({ login: 1, password: '' }));
`;

/** Lays out the packed packages as `npm install` does, with their dependencies from this project, so that no registry is asked. */
beforeAll(async () => {
  const packed = path.join(folder, 'packed');
  await run(process.execPath, ['bin/pack.ts', packed]);
  for (const name of packages) {
    const target = path.join(modules, name);
    fs.mkdirSync(target, { recursive: true });
    execFileSync('tar', ['-xzf', path.join(packed, `${name}-0.1.0.tgz`), '-C', target, '--strip-components=1']);
    const { dependencies } = JSON.parse(fs.readFileSync(path.join(target, 'package.json'), 'utf8'));
    const foreign = Object.keys(dependencies).filter((dependency) => !packages.includes(dependency));
    for (const dependency of foreign) link(dependency);
  }
  link('@types/node');
  const write = (name: string, text: string) => fs.writeFileSync(path.join(folder, name), text);
  write('package.json', '{"type":"module"}');
  write('client.ts', clientProgram);
  write('protocol.ts', exampleOf('storm-chat-protocol'));
  write('stack.ts', exampleOf('cdk-local-stack'));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

function link(name: string, into = modules): void {
  const target = path.join(into, name);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  if (!fs.existsSync(target)) fs.symlinkSync(path.resolve('node_modules', name), target);
}

/** Runs a TypeScript program beside the packages, and returns what it printed. */
async function runProgram(name: string): Promise<string> {
  return (await run(process.execPath, [name], { cwd: folder })).stdout;
}

/** The example of a package's README. */
function exampleOf(name: string): string {
  const readme = fs.readFileSync(path.join(modules, name, 'README.md'), 'utf8');
  return /```ts\n([\s\S]+?)```/.exec(readme)?.[1] ?? expect.fail(`The README of ${name} has no example`);
}

test('A program outside of this project runs the client', async () => {
  expect(await runProgram('client.ts')).toBe('offline\n');
});

test('The example of the protocol runs outside of this project', async () => {
  expect(await runProgram('protocol.ts')).toBe('0 4000\n');
});

test('The example of the local stack runs outside of this project, by its API and by its command', async () => {
  writeAssembly(
    path.join(folder, 'cdk.out'),
    { App: { Resources: { Hello: functionResource('hello', { FunctionName: 'hello' }) } } },
    { hello: { 'index.mjs': 'export const handler = async ({ name }) => "Hello " + name;' } },
  );
  expect(await runProgram('stack.ts')).toMatch(/Hello Ann\n$/);
  const { bin } = JSON.parse(fs.readFileSync(path.join(modules, 'cdk-local-stack', 'package.json'), 'utf8'));
  const command = path.join(modules, 'cdk-local-stack', bin['cdk-local-stack']);
  expect((await run(process.execPath, [command, '--help'])).stdout).toContain('--assembly');
});

test('npx runs an app of somebody else in an empty folder, from what is packed alone', async () => {
  const tarball = path.join(folder, 'packed', 'cdk-local-stack-0.1.0.tgz');
  const binary = `@dynoxide/${process.platform}-${process.arch}`;
  // Its dependencies come from this project, so that no registry is asked.
  const others = ['ws', 'zod', binary].map((name) => path.resolve('node_modules', name));
  const app = path.join(folder, 'elsewhere', 'app');
  fs.cpSync('local/examples/guestbook', app, { recursive: true, filter: (file) => !file.endsWith('.storm') });
  for (const name of ['aws-cdk-lib', 'constructs', '@aws-sdk/client-dynamodb'])
    link(name, path.join(app, 'node_modules'));
  const empty = fs.mkdtempSync(path.join(folder, 'empty-'));
  const files = [tarball, ...others].map((file) => `--package=${file}`);
  const args = ['exec', '--yes', '--offline', ...files, '--', 'cdk-local-stack', app, '--port', '0'];
  const env = { ...process.env, npm_config_cache: path.join(folder, 'npm-cache'), STORM_DATA: '' };
  const child = spawn(npm, args, { cwd: empty, env, shell, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const exit = once(child, 'exit');
  let url = '';
  try {
    await expect.poll(() => output).toMatch(/Ctrl-C stops/);
    [, url = ''] = /ApiUrl +(http\S+)/.exec(output) ?? [];
    await fetch(url, { method: 'POST', body: 'Ann' });
    expect(await (await fetch(url)).json()).toEqual(['Ann']);
    expect(fs.readdirSync(empty)).toEqual([]);
  } finally {
    const lock = path.join(app, '.storm', 'lock');
    child.kill();
    await exit;
    // npm doesn't pass the signal on. The stack notices, stops its database, and gives its folder free.
    if (url) await expect.poll(() => fs.existsSync(lock)).toBe(false);
  }
});

test('The declarations of the packages describe their programs and refuse wrong ones', async () => {
  const tsc = path.resolve('node_modules/typescript/bin/tsc');
  const options = [
    '--ignoreConfig',
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2024',
    '--lib',
    'es2024,dom',
  ];
  const programs = ['client.ts', 'protocol.ts', 'stack.ts'];
  await run(process.execPath, [tsc, ...options, '--types', 'node', ...programs], { cwd: folder });
});
