import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { expect, inject, test } from 'vitest';

/** The client needs `asyncio.timeout`, which came with Python 3.11. */
const hasPython = spawnSync('python3', ['-c', 'import asyncio; asyncio.timeout']).status === 0;

/** Runs a program of `examples/python`, and collects what it says. */
function run(...args: readonly string[]) {
  const program = spawn('python3', ['-B', '-u', ...args], { cwd: 'examples/python' });
  const said = { text: '' };
  for (const stream of [program.stdout, program.stderr])
    stream.on('data', (text) => {
      said.text += text;
    });
  return { program, said };
}

/** A missing Python isn't a failure, but the test says so. */
function withPython(work: () => Promise<void>) {
  return async () => {
    if (hasPython) await work();
    else console.warn('There is no python3 of at least 3.11 here, so the Python client was not tried.');
  };
}

test(
  'The Python client has in the end what a fresh fetch gives, whatever is dropped, repeated and cut off',
  withPython(async () => {
    const seed = String(Math.floor(Math.random() * 1_000_000));
    const { program, said } = run('faults.py', inject('url'), seed);
    const [code] = await once(program, 'exit');
    expect(code, said.text).toBe(0);
    expect(said.text).toMatch(/ messages, 0 refused, 0 of 4 clients are wrong/);
  }),
);

test(
  'Two people talk with the Python client in the terminal',
  withPython(async () => {
    const talk = (name: string) => run('chat.py', inject('url'), name, 'a long enough secret', 'register');
    const [ben, ann] = [talk('ben_python'), talk('ann_python')];
    try {
      for (const { said } of [ben, ann]) await expect.poll(() => said.text).toContain('to write to somebody');
      ann.program.stdin.write('@ben_python Hello\n');
      for (const { said } of [ben, ann]) await expect.poll(() => said.text).toContain('[direct] ann_python: Hello');
    } finally {
      for (const { program } of [ben, ann]) program.kill();
    }
  }),
);
