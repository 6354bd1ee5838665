import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import * as z from 'zod/mini';
import { launchBrowser } from '#test/helpers/browser.ts';
import { firstLoadBudget, firstLoadBytes } from '#web/first-load.ts';
import { servePage } from './page-backend.ts';
import { median, type Row } from './rows.ts';

const projectDir = path.join(import.meta.dirname, '..');
const messages = 100_000;
const conversations = 1_000;
const group = `Page, a group with ${messages} messages`;
/** What counts as a long task, in ms ("Long Tasks API", W3C), and how long the page gets messages, in s. */
const longMs = 50;
const seconds = 10;

const Measured = z.object({ elements: z.number(), longest: z.number(), tasks: z.number() });

/** Measures the built page in a browser: its size, and how long it keeps the browser busy while much happens. */
export async function measurePage(workDir: string): Promise<Row[]> {
  const pageDir = path.join(workDir, 'page');
  const vite = path.join(projectDir, 'node_modules', 'vite', 'bin', 'vite.js');
  execFileSync(process.execPath, [vite, 'build', 'web', '--outDir', pageDir, '--logLevel', 'warn'], {
    cwd: projectDir,
  });
  const backend = await servePage(pageDir, messages, conversations);
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.addInitScript(observe);
    await page.goto(backend.url);
    await page.evaluate('localStorage.setItem("storm:session", "")');
    const loaded = loadedBytes(page, pageDir);
    await page.reload();
    const first = await measured(page, () =>
      page.locator('.text').getByText(backend.newest(), { exact: true }).waitFor(),
    );
    const rows: Row[] = [
      {
        group,
        name: 'first load, gzip, with the font',
        value: firstLoadBytes(pageDir) / 1024,
        unit: 'KiB',
        budget: firstLoadBudget / 1024,
      },
      { group, name: 'all that an open conversation loads, gzip, with the font', value: loaded() / 1024, unit: 'KiB' },
      { group, name: 'elements of the list at the end', value: first.elements, unit: '', budget: 400 },
      {
        group,
        name: `elements of the list of ${conversations} conversations`,
        value: await page.locator('.conversations *').count(),
        unit: '',
        budget: 400,
      },
    ];
    for (const rate of [50, 200]) {
      const { longest, tasks } = await measured(page, () => steadily(rate, seconds, () => backend.say()));
      const budget = rate === 50 ? longMs : undefined;
      rows.push({ group, name: `longest task at ${rate} messages/s`, value: longest, unit: 'ms', budget });
      rows.push({ group, name: `long tasks at ${rate} messages/s in ${seconds} s`, value: tasks, unit: '' });
    }
    rows.push({ group, name: 'a key', value: await keys(page), unit: 'ms', budget: 16 });
    let typed = 0;
    const typing = await measured(page, () => steadily(20, 3, () => backend.type(typed++)));
    rows.push({ group, name: 'longest task at 20 typing events/s', value: typing.longest, unit: 'ms', budget: longMs });
    let most = 0;
    const scrolling = await measured(page, async () => {
      await page.getByRole('log', { name: 'Messages' }).hover();
      for (let i = 0; i < 400; i++) {
        await page.mouse.wheel(0, -800);
        await wait(10);
        if (i % 20 === 0) most = Math.max(most, await page.locator('.messages *').count());
      }
    });
    rows.push({ group, name: 'longest task while scrolling', value: scrolling.longest, unit: 'ms', budget: longMs });
    rows.push({ group, name: 'elements of the list while scrolling', value: most, unit: '', budget: 400 });
    return rows;
  } finally {
    await browser.close();
    backend.close();
  }
}

/** Notes long tasks in the page. */
const observe = `
  globalThis.longTasks = [];
  new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration)))
    .observe({ type: 'longtask' });`;

/** The long tasks of the page while something happens. The API tells none below 50 ms: then the longest counts as 0. */
async function measured(page: Page, happens: () => Promise<unknown>) {
  await page.evaluate('longTasks.length = 0');
  await happens();
  await wait(300);
  return Measured.parse(
    await page.evaluate(`({
      elements: document.querySelectorAll('.messages *').length,
      longest: Math.max(0, ...longTasks),
      tasks: longTasks.length,
    })`),
  );
}

async function steadily(perSecond: number, duration: number, run: () => void): Promise<void> {
  const from = performance.now();
  for (let done = 0; done < perSecond * duration; ) {
    while (done < ((performance.now() - from) / 1000) * perSecond) {
      run();
      done += 1;
    }
    await wait(5);
  }
}

/** The median time from a key to the frame that shows it. */
async function keys(page: Page): Promise<number> {
  const field = page.getByRole('textbox', { name: /^Message to/ });
  await field.focus();
  await page.evaluate(`
    globalThis.keyTimes = [];
    document.addEventListener('keydown', ({ timeStamp }) => {
      const channel = new MessageChannel();
      requestAnimationFrame(() => {
        channel.port1.onmessage = () => keyTimes.push(performance.now() - timeStamp);
        channel.port2.postMessage(0);
      });
    }, true);`);
  await field.pressSequentially('How long does it take to write this?', { delay: 30 });
  return median(z.array(z.number()).parse(await page.evaluate('keyTimes')));
}

/** Adds up the files that a page loads, as they are compressed on their way. */
function loadedBytes(page: Page, pageDir: string): () => number {
  const files = new Set<string>(['index.html']);
  page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (/\.(js|css|woff2|svg)$/.test(pathname)) files.add(pathname.slice(1));
  });
  return () =>
    [...files].reduce((sum, file) => {
      const content = fs.readFileSync(path.join(pageDir, file));
      return sum + (file.endsWith('.woff2') ? content.length : gzipSync(content, { level: 9 }).length);
    }, 0);
}
