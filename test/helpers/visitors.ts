import { type Browser, type BrowserContextOptions, chromium } from 'playwright-core';
import { v7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, inject } from 'vitest';
import { Visitor } from './visitor.ts';

export type Person = Visitor & { readonly username: string };

interface Arrival extends BrowserContextOptions {
  /** Of another stack than the one that all share. */
  readonly url?: string;
}

export interface Visitors {
  arrive(how?: Arrival): Promise<Visitor>;
  /** A new person each time: all tests share a server. */
  registered(name: string, how?: Arrival): Promise<Person>;
  /** Two people with a conversation open between them. */
  pair(how?: Arrival): Promise<{ maya: Person; tom: Person }>;
}

/** People with browsers for the tests of a file; whoever arrives in a test is gone after it. */
export function useVisitors(): Visitors {
  let browser: Browser;
  let visitors: Visitor[];

  beforeAll(async () => {
    browser = await chromium.connect(inject('browser'));
  });
  afterAll(() => browser.close());
  beforeEach(() => {
    visitors = [];
  });
  afterEach(async () => {
    for (const { page } of visitors) await page.context().close();
  });

  async function arrive({ url = inject('url'), ...options }: Arrival = {}): Promise<Visitor> {
    const visitor = await Visitor.arrive(browser, url, options);
    visitors.push(visitor);
    return visitor;
  }

  async function registered(name: string, how?: Arrival): Promise<Person> {
    const visitor = await arrive(how);
    const username = `${name.toLowerCase()}-${v7().slice(-12)}`;
    await visitor.register(name, username);
    return Object.assign(visitor, { username });
  }

  return {
    arrive,
    registered,
    async pair(how) {
      const [maya, tom] = [await registered('Maya', how), await registered('Tom', how)];
      await maya.startTalkingTo('Tom', tom.username);
      await tom.open('Maya');
      return { maya, tom };
    },
  };
}
