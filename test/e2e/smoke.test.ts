import { execFile } from 'node:child_process';
import { expect, inject, test } from 'vitest';

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
