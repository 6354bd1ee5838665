import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { v7 } from 'uuid';
import { expect, inject, onTestFinished, test } from 'vitest';
import { endpointsOf, Member } from '#test/helpers/member.ts';
import { end, freePort, run } from '#test/helpers/storm.ts';
import { useVisitors } from '#test/helpers/visitors.ts';

const { arrive } = useVisitors();

/** A copy of the project whose files a test may change, with the app as it is synthesized. */
function copyOfProject(): string {
  const project = fs.mkdtempSync(path.join(tmpdir(), 'project-'));
  const names = fs.readdirSync('.').filter((name) => !name.startsWith('.') && name !== 'node_modules');
  // With the times of the files, by which the stack knows that the assembly is theirs.
  execFileSync('cp', ['-a', ...names, project]);
  fs.symlinkSync(path.resolve('node_modules'), path.join(project, 'node_modules'));
  fs.cpSync(path.dirname(inject('assembly')), path.join(project, '.storm/dev'), { recursive: true });
  return project;
}

test('npm run dev serves changed functions, reloads a changed page, and keeps sockets and data', async () => {
  const project = copyOfProject();
  onTestFinished(() => fs.rmSync(project, { recursive: true, force: true }));
  const port = await freePort();
  const env = { ...process.env, PORT: String(port), STORM_DATA: '' };
  const dev = await run(['dev/main.ts'], { cwd: project, env });
  onTestFinished(() => end(dev, 'SIGKILL'));
  const change = (name: string, from: string, to: string) => {
    const file = path.join(project, name);
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(from, to));
  };

  const url = `http://localhost:${port}`;
  const endpoints = await endpointsOf(url);
  const [ann, ben] = [await Member.register(endpoints, 'ann'), await Member.register(endpoints, 'ben')];
  const { id: conversationId } = await ann.startDirect(ben);
  const device = await ann.open();
  const say = (text: string) => device.ask({ action: 'message', id: v7(), conversationId, text, after: 0 });
  expect(await say('one')).toMatchObject({ ok: { seq: 1 } });

  const { page } = await arrive({ url });
  const description = () => page.locator('meta[name=description]').getAttribute('content');
  expect(await description()).toBe('Chat in real time.');
  change('lambdas/token/handler.ts', "status: 'ok'", "status: 'changed'");
  await expect.poll(async () => (await fetch(`${url}/api/health`)).text()).toContain('"changed"');
  change('web/index.html', 'Chat in real time.', 'Changed.');
  await expect.poll(description).toBe('Changed.');
  expect(await say('two')).toMatchObject({ ok: { seq: 2 } });

  await end(dev, 'SIGINT');
  expect(dev.exitCode).toBe(0);
  await expect(fetch(url)).rejects.toThrow();
});
