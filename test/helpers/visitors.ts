import { type Browser, chromium, type Page } from 'playwright-core';
import { afterEach, beforeEach, expect, inject } from 'vitest';
import { leavePage, takePage, watchChanges } from './places.ts';
import { sendByProgram } from './program.ts';
import { type Account, signUp, startDirect } from './sign-up.ts';
import { type Surroundings, usualViewport, Visitor } from './visitor.ts';

export type Person = Visitor & { readonly username: string };

interface Arrival extends Surroundings {
  /** The URL of a page on another stack than the shared one, or with a path. */
  readonly url?: string;
}

interface Conversing extends Arrival {
  readonly lines?: readonly string[];
}

export interface Visitors {
  arrive(how?: Arrival): Promise<Visitor>;
  /** Registers a new user each time, and logs them in. */
  registered(name: string, how?: Arrival): Promise<Person>;
  /** Two users who have their direct conversation open. Maya began it, and may have sent messages before they came. */
  pair(how?: Conversing): Promise<{ maya: Person; tom: Person }>;
  /** The same without a page for Tom. */
  alone(how?: Conversing): Promise<{ maya: Person; tom: Account }>;
}

const ofNetwork =
  /^Failed to load resource|^WebSocket connection to|^Chrome currently does not support the Push API in incognito/;

/** The browser of a worker's test files, until it ends. */
let browser: Promise<Browser> | undefined;

/** Users with browsers, for the tests of a file. Those of a test leave after it. */
export function useVisitors(): Visitors {
  let visitors: Visitor[];
  /** The pages of those who came as most do, which can be left to others. */
  let usual: Set<Page>;

  beforeEach(() => {
    visitors = [];
    usual = new Set();
  });
  afterEach(async () => {
    for (const { page } of visitors)
      await (usual.has(page) ? leavePage(page, inject('url'), usualViewport) : page.context().close());
    // Some tests want the network to fail. No test wants an error of a script, or a violation of the content security policy.
    const complaints = visitors.flatMap((visitor) => visitor.complaints);
    expect(complaints.filter((complaint) => !ofNetwork.test(complaint))).toEqual([]);
  });

  async function arrive({ url = inject('url'), stored, ...options }: Arrival = {}): Promise<Visitor> {
    browser ??= chromium.connect(inject('browser'));
    const isUsual = Object.keys(options).length === 0 && url.startsWith(inject('url'));
    const page = isUsual ? takePage() : undefined;
    const visitor = page
      ? await Visitor.open(page, url, stored)
      : await Visitor.arrive(await browser, url, { ...options, ...(stored && { stored }) });
    visitors.push(visitor);
    if (isUsual) {
      usual.add(visitor.page);
      watchChanges(visitor.page);
    }
    return visitor;
  }

  async function arriveAs({ username, stored }: Account, how: Arrival = {}): Promise<Person> {
    return Object.assign(await arrive({ ...how, stored }), { username });
  }

  return {
    arrive,
    async registered(name, how) {
      const person = await arriveAs(await signUp(how?.url ?? inject('url'), name), how);
      await person.page.getByRole('heading', { name: 'Chats' }).waitFor();
      return person;
    },
    async pair(how) {
      const { accounts, there } = await begin(how);
      const [maya, tom] = [await arriveAs(accounts[0], there), await arriveAs(accounts[1], there)];
      await untilOpen(maya, 'Tom');
      await untilOpen(tom, 'Maya');
      return { maya, tom };
    },
    async alone(how) {
      const { accounts, there } = await begin(how);
      const maya = await arriveAs(accounts[0], there);
      await untilOpen(maya, 'Tom');
      return { maya, tom: accounts[1] };
    },
  };
}

/** Registers two users, and begins their conversation. */
async function begin({ lines, ...how }: Conversing = {}) {
  const url = how.url ?? inject('url');
  const accounts = [await signUp(url, 'Maya'), await signUp(url, 'Tom')] as const;
  const conversationId = await startDirect(url, ...accounts);
  if (lines) await sendByProgram(accounts[0].username, conversationId, lines);
  return { accounts, there: { ...how, url: `${url}/#/${conversationId}` } };
}

/** Waits until a conversation can be used: what the page does after it was drawn is done, too, such as to listen for keys and files. */
async function untilOpen({ page, field }: Person, title: string): Promise<void> {
  await page.getByRole('heading', { name: title }).waitFor();
  await field.waitFor();
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done)))');
}
