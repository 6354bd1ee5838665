import { once } from 'node:events';
import { createServer } from 'node:http';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { portsWithoutBrowsers } from '#local/services/dynamodb/address.ts';
import { startTestStack, type TestStack } from '#local/test/helpers/stack.ts';

/** The page of a stranger, which is open in another tab. */
const strangers = createServer((_, response) =>
  response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>A harmless page</title>'),
);
let strangersUrl: string;
let browser: Browser;
let page: Page;
let stack: TestStack;
let invoked: ReturnType<typeof vi.spyOn>;
/** What listens: the services of AWS, both APIs, and the page's own server. */
let addresses: string[];

beforeAll(async () => {
  strangers.listen(0, '127.0.0.1');
  await once(strangers, 'listening');
  strangersUrl = `http://127.0.0.1:${Object(strangers.address()).port}`;
  stack = await startTestStack(inject('assembly'));
  const { httpUrl, wsUrl } = await (await fetch(`${stack.url}/config.json`)).json();
  const services = ['DYNAMODB', 'S3', 'SQS', 'SECRETS_MANAGER', 'LAMBDA'] as const;
  const endpoints = await Promise.all(services.map((name) => stack.world.endpoint(name)));
  addresses = [...endpoints, String(httpUrl), String(wsUrl).replace('ws:', 'http:'), stack.url];
  invoked = vi.spyOn(stack.functions, 'invoke');
  browser = await chromium.connect(inject('browser'));
  page = await (await browser.newContext()).newPage();
  await page.goto(strangersUrl);
});
afterAll(async () => {
  await browser?.close();
  await stack?.[Symbol.asyncDispose]();
  strangers.close();
});

/** Paths that would read something or invoke a function. */
const paths = ['/', '/health', '/api/health', '/auth/login', '/2015-03-31/functions/storm-dev-Token/invocations'];

describe('a page of another origin', () => {
  test('reads nothing, and invokes nothing, with fetch in any mode', async () => {
    invoked.mockClear();
    const urls = addresses.flatMap((address) => paths.map((path) => address + path));
    const read = await page.evaluate(async (all) => {
      const texts: string[] = [];
      for (const url of all)
        for (const mode of ['no-cors', 'cors'] as const)
          for (const init of [
            { method: 'GET' },
            { method: 'POST', body: '{"login":"ann"}', headers: { 'content-type': 'text/plain' } },
            { method: 'POST', body: '{}', headers: { 'x-amz-target': 'DynamoDB_20120810.ListTables' } },
          ])
            await fetch(url, { mode, ...init }).then(
              async (response) => texts.push(`${url} ${response.type} ${await response.text()}`),
              () => undefined,
            );
      return texts;
    }, urls);
    // A browser gives the page an opaque answer, which has neither status nor text.
    for (const text of read) expect(text).toMatch(/ opaque $/);
    expect(read.length).toBeGreaterThan(0);
    expect(invoked).not.toHaveBeenCalled();
  });

  test('invokes nothing with a form', async () => {
    invoked.mockClear();
    for (const url of addresses.flatMap((address) => paths.map((path) => address + path))) {
      const answer = page.waitForResponse((response) => response.url() === url);
      await page.evaluate((action) => {
        document.body.innerHTML = `<iframe name="f"></iframe><form method="post" enctype="text/plain" target="f" action="${action}">
          <input name='{"a":"' value='"}'></form>`;
        document.forms[0]?.submit();
      }, url);
      expect([403, 400], url).toContain((await answer).status());
    }
    expect(invoked).not.toHaveBeenCalled();
  });

  test('opens no socket', async () => {
    invoked.mockClear();
    const outcomes = await page.evaluate(
      (all) =>
        Promise.all(
          all.map(
            (url) =>
              new Promise((resolve) => {
                const socket = new WebSocket(url.replace('http:', 'ws:'), ['storm.v1', 'bearer.x']);
                socket.onopen = () => resolve('open');
                socket.onerror = () => resolve('refused');
              }),
          ),
        ),
      addresses,
    );
    expect(new Set(outcomes)).toEqual(new Set(['refused']));
    expect(invoked).not.toHaveBeenCalled();
  });
});

test('a browser opens no connection to dynoxide, which itself refuses nobody', async () => {
  const tab = await (await browser.newContext()).newPage();
  for (const port of portsWithoutBrowsers)
    await expect(tab.goto(`http://127.0.0.1:${port}`), String(port)).rejects.toThrow('ERR_UNSAFE_PORT');
  await tab.context().close();
});

test("the app's own page still works: it logs in, connects, and its functions are invoked", async () => {
  invoked.mockClear();
  const tab = await (await browser.newContext()).newPage();
  await tab.goto(stack.url);
  await tab.getByRole('button', { name: 'Create an account' }).waitFor();
  expect(await tab.evaluate(async () => (await fetch('/api/health')).status)).toBe(200);
  expect(invoked).toHaveBeenCalled();
  await tab.context().close();
});
