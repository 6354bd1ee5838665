/**
 * Runs the example for Jest as its reader would, in a folder of its own, with the packed package: `npm run jest-example`. It
 * installs Jest from the registry, so it's no part of the tests.
 */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

const examples = path.join(import.meta.dirname, '../examples');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'jest-'));
const run = (command: string, ...args: string[]) =>
  execFileSync(command, args, { cwd: folder, stdio: 'inherit', shell: process.platform === 'win32' });

try {
  // Jest would look for tests in it.
  const packed = path.join(folder, 'node_modules', '.packed');
  run('node', path.resolve('bin/pack.ts'), packed);
  fs.cpSync(path.join(examples, 'guestbook'), path.join(folder, 'guestbook'), {
    recursive: true,
    filter: (file) => path.basename(file) !== '.storm',
  });
  fs.cpSync(path.join(examples, 'jest'), path.join(folder, 'jest'), { recursive: true });
  fs.renameSync(path.join(folder, 'jest', 'package.json'), path.join(folder, 'package.json'));
  run('npm', 'install', '--no-audit', '--no-fund', path.join(packed, 'cdk-local-stack-0.1.0.tgz'));
  run('npm', 'test');
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
