import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, inject } from 'vitest';
import { launchBrowser } from './browser.ts';
import { type Storm, startStorm } from './storm.ts';
import { Visitor } from './visitor.ts';

export type Person = Visitor & { readonly username: string };

export interface Visitors {
  readonly url: string;
  arrive(): Promise<Visitor>;
  /** A new person each time: the tests of a file share a server. */
  registered(name: string): Promise<Person>;
  /** Two people with a conversation open between them. */
  pair(): Promise<{ maya: Person; tom: Person }>;
}

/** A stack and a browser for the tests of a file; whoever arrives in a test is gone after it. */
export function useVisitors(): Visitors {
  let storm: Storm;
  let browser: Browser;
  let visitors: Visitor[];
  let usernames = 0;

  beforeAll(async () => {
    [storm, browser] = await Promise.all([startStorm(inject('assembly')), launchBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await storm[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    visitors = [];
  });
  afterEach(async () => {
    for (const { page } of visitors) await page.context().close();
  });

  async function arrive(): Promise<Visitor> {
    const visitor = await Visitor.arrive(browser, storm.url);
    visitors.push(visitor);
    return visitor;
  }

  async function registered(name: string): Promise<Person> {
    const visitor = await arrive();
    const username = `${name.toLowerCase()}-${++usernames}`;
    await visitor.register(name, username);
    return Object.assign(visitor, { username });
  }

  return {
    get url() {
      return storm.url;
    },
    arrive,
    registered,
    async pair() {
      const [maya, tom] = [await registered('Maya'), await registered('Tom')];
      await maya.startTalkingTo('Tom', tom.username);
      await tom.open('Maya');
      return { maya, tom };
    },
  };
}
