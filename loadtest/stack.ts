import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** A local stack of this repository's app, in a process and a data folder of its own. */
export interface Stack {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startStack(projectDir: string): Promise<Stack> {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'storm-load-'));
  const args = ['local/main.ts', '--port', '0', '--data', dataDir];
  const child = spawn(process.execPath, args, { cwd: projectDir, stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await addressOf(child);
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
      fs.rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The address that the stack prints when it is ready. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout?.on('data', (chunk) => {
      output += chunk;
      const url = /^Open (\S+)/m.exec(output)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once('exit', () => reject(new Error(`The stack did not start:\n${output}`)));
  });
}
