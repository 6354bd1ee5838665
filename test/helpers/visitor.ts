import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { mailOf } from './target.ts';

export const password = 'storm clouds over the harbour';

export const usualViewport = { width: 1280, height: 800 };

/** What a browser has stored of the page. */
export interface Stored {
  readonly cookies: Parameters<BrowserContext['addCookies']>[0];
  readonly items: Readonly<Record<string, string>>;
}

export interface Surroundings extends BrowserContextOptions {
  readonly stored?: Stored;
  /** Whether the pages have a clock that `pass` and `goOffline` move forward. */
  readonly clock?: boolean;
}

/** What was seen while somebody scrolled. */
export interface Scrolled {
  /** Each text once, in the order in which they came. */
  readonly seen: readonly string[];
  /** How far messages moved in those steps in which they didn't all move alike, or too far. */
  readonly jumps: readonly string[];
  /** The greatest number of elements in the list. */
  readonly most: number;
}

/** A user with their own browser context, so that no cookies or storage are shared, and what users do on the page. */
export class Visitor {
  readonly page: Page;
  /** The errors of the browser, in all tabs: script errors, refused resources, violations of the content security policy. */
  readonly complaints: string[] = [];
  /** The open WebSockets. */
  sockets = 0;

  static async arrive(browser: Browser, url: string, surroundings: Surroundings = {}): Promise<Visitor> {
    const { clock, stored, ...options } = surroundings;
    const context = await browser.newContext({
      locale: 'en-GB',
      viewport: usualViewport,
      // It loads the whole page once more for each of them. Tests that are about it allow it.
      serviceWorkers: 'block',
      ...options,
    });
    if (clock) await context.clock.install();
    // The page notices a broken socket with the next heartbeat, which is after 30 s, and waits 10 s for the pong.
    context.setDefaultTimeout(60_000);
    return Visitor.open(await context.newPage(), url, stored);
  }

  /** The user of a page that is there already, and has nothing stored. */
  static async open(
    page: Page,
    url: string,
    { cookies, items }: Stored = { cookies: [], items: {} },
  ): Promise<Visitor> {
    const visitor = new Visitor(page);
    await page.context().addCookies(cookies);
    // As a context's `storageState` these would cost a further page.
    const storing = await page.addInitScript(`Object.assign(localStorage, ${JSON.stringify(items)})`);
    await page.goto(url);
    await storing.dispose();
    return visitor;
  }

  private constructor(page: Page) {
    this.page = page;
    page.on('websocket', (socket) => {
      this.sockets += 1;
      socket.on('close', () => {
        this.sockets -= 1;
      });
    });
    page.context().on('weberror', (error) => this.complaints.push(String(error.error())));
    page.context().on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
  }

  /** The same user in a new, empty tab. */
  async another(): Promise<Visitor> {
    return new Visitor(await this.page.context().newPage());
  }

  /** Lets the time pass for all tabs at once. Timers that are due by then fire once. Needs `clock`. */
  async pass(ms: number): Promise<void> {
    await this.page.clock.fastForward(ms);
  }

  /** Loses the network, and notices it: when the last answer of the server is overdue. Needs `clock`. */
  async goOffline(): Promise<void> {
    await this.page.context().setOffline(true);
    const noticed = this.page.getByText('Reconnecting…');
    for (let tries = 0; tries < 10 && !(await noticed.isVisible()); tries++) await this.pass(10_000);
    await noticed.waitFor();
  }

  async register(name: string, username: string): Promise<void> {
    const { page } = this;
    await page.getByRole('button', { name: 'Create an account' }).click();
    await page.getByLabel('Your name').fill(name);
    await page.getByLabel('Username').fill(username);
    await page.getByLabel('E-mail').fill(mailOf(username));
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByRole('heading', { name: 'Chats' }).waitFor();
  }

  async logIn(login: string, secret: string): Promise<void> {
    await this.page.getByLabel('Username or e-mail').fill(login);
    await this.page.getByLabel('Password').fill(secret);
    await this.page.getByRole('button', { name: 'Log in' }).click();
  }

  async logOut(): Promise<void> {
    await this.page.getByRole('button', { name: 'Log out' }).click();
    await this.page.getByRole('heading', { name: 'Log in' }).waitFor();
  }

  /** Finds somebody in an open search for people, and clicks them. */
  async choose(username: string): Promise<void> {
    await this.page.getByLabel('Find people by name or username').fill(username.slice(0, -1));
    await this.page.getByRole('button', { name: `@${username}` }).click();
  }

  async startTalkingTo(name: string, username: string): Promise<void> {
    await this.page.getByRole('button', { name: 'New conversation' }).click();
    await this.choose(username);
    await this.page.getByRole('heading', { name }).waitFor();
  }

  async startGroup(name: string, ...usernames: string[]): Promise<void> {
    await this.page.getByRole('button', { name: 'New conversation' }).click();
    await this.page.getByRole('button', { name: 'New group' }).click();
    await this.page.getByLabel('Name of the group').fill(name);
    for (const username of usernames) await this.choose(username);
    await this.page.getByRole('button', { name: 'Create a group' }).click();
    await this.page.getByRole('heading', { name }).waitFor();
  }

  /** A conversation in the list, by the beginning of its entry's text. */
  entry(title: string): Locator {
    return this.page.getByRole('link', { name: new RegExp(`^${title}`) });
  }

  async open(title: string): Promise<void> {
    await this.entry(title).click();
    await this.page.getByRole('heading', { name: title }).waitFor();
  }

  /** The text box for messages. */
  get field(): Locator {
    return this.page.getByRole('textbox', { name: /^Message to|^New text/ });
  }

  async say(...texts: string[]): Promise<void> {
    for (const text of texts) {
      await this.field.fill(text);
      await this.page.getByRole('button', { name: 'Send' }).click();
    }
  }

  /** Chooses a file for the next message. */
  async attach(name: string, mimeType: string, buffer: Buffer): Promise<void> {
    await this.page.getByLabel('Files to attach').setInputFiles({ name, mimeType, buffer });
  }

  /** Waits until the file is ready to be sent. */
  async attached(name: string): Promise<void> {
    await this.page.getByRole('listitem').filter({ hasText: name }).getByText('Ready to send').waitFor();
  }

  /**
   * A message in the open conversation. `state` is the delivery state as it is read to its sender. `Sent` also matches all later
   * states.
   */
  message(text: string, state?: 'Sending' | 'Sent' | 'Delivered' | 'Read'): Locator {
    const item = this.page
      .getByRole('log', { name: 'Messages' })
      .getByRole('listitem')
      .filter({ has: this.page.getByText(text, { exact: true }).and(this.page.locator('.text')) });
    return state ? item.filter({ hasText: state === 'Sent' ? /Sent|Delivered|Read/ : state }) : item;
  }

  /** Opens the menu of a message and clicks an item. */
  async act(text: string, ...names: string[]): Promise<void> {
    const item = this.message(text);
    await item.getByRole('button', { name: 'Actions' }).press('Enter');
    for (const name of names) await this.menu.getByRole('button', { name, exact: true }).click();
  }

  /** What the browser keeps for the time without a network. */
  kept(): Promise<unknown> {
    return this.page.evaluate(`new Promise((resolve) => {
      indexedDB.open('storm-snapshot').onsuccess = ({ target: { result } }) => {
        result.transaction('all').objectStore('all').getAll().onsuccess = ({ target }) => {
          result.close();
          resolve(JSON.stringify(target.result));
        };
      };
    })`);
  }

  /** Opens sections of the settings, which are closed at first. */
  async openSettings(...sections: string[]): Promise<Locator> {
    await this.page.getByRole('button', { name: 'Settings' }).click();
    const settings = this.page.getByRole('dialog', { name: 'Settings' });
    for (const section of sections) await settings.getByRole('heading', { name: section, exact: true }).click();
    return settings;
  }

  /** The details of the open conversation. */
  async openDetails(): Promise<Locator> {
    const details = this.page.getByRole('dialog', { name: 'Details' });
    if (!(await details.isVisible())) await this.page.getByRole('button', { name: 'Details' }).click();
    await details.waitFor();
    return details;
  }

  /** Opens the actions for a member of the open group, and clicks one. */
  async actOn(member: string, ...names: string[]): Promise<void> {
    const details = await this.openDetails();
    await details.getByRole('button', { name: `Actions for ${member}` }).click();
    for (const name of names) await details.getByRole('button', { name, exact: true }).click();
  }

  get menu(): Locator {
    return this.page.getByRole('dialog', { name: 'Actions for the message' });
  }

  /** Scrolls the open conversation by steps of so many pixels, until it is far enough. */
  async scroll(step: number, isFar: () => Promise<boolean>): Promise<Scrolled> {
    const seen: string[] = [];
    const jumps: string[] = [];
    let most = 0;
    // What was sent a moment ago comes into sight with a motion.
    await this.page.emulateMedia({ reducedMotion: 'reduce' });
    await this.page.getByRole('log', { name: 'Messages' }).hover();
    // What makes it far enough is among what is seen afterwards.
    let isDone = await isFar();
    let before = (await this.#look(seen, step)).places;
    while (!isDone) {
      await this.#turnWheel(step);
      isDone = await isFar();
      const { places: after, elements } = await this.#look(seen, step);
      most = Math.max(most, elements);
      // All that is in the document moves alike.
      const moved = [...before].flatMap(([text, top]) => (after.has(text) ? [(after.get(text) ?? 0) - top] : []));
      if (moved.some((by) => Math.abs(by) > Math.abs(step) + 1 || Math.abs(by - (moved[0] ?? 0)) > 1))
        jumps.push(moved.join());
      before = after;
    }
    return { seen, jumps, most };
  }

  /** Turns the mouse wheel, and waits until the list has moved by it and stands still, or can't move. */
  async #turnWheel(step: number): Promise<void> {
    const list = "document.querySelector('.scroller')";
    await this.page.evaluate(`{
      const { scrollTop, scrollHeight, clientHeight } = ${list};
      globalThis.beforeWheel = { from: scrollTop, room: ${step} < 0 ? scrollTop : scrollHeight - clientHeight - scrollTop };
    }`);
    await this.page.mouse.wheel(0, step);
    await this.page.evaluate(`new Promise((done) => {
      const { from, room } = beforeWheel;
      let last = from;
      let still = 0;
      const look = () => {
        const now = ${list}.scrollTop;
        const hasMoved = now !== from || room < 2;
        still = hasMoved && now === last ? still + 1 : 0;
        last = now;
        if (still === 3) done();
        else requestAnimationFrame(look);
      };
      look();
    })`);
  }

  /** The distance of each text from the top of the window, and how many elements the list has. Adds texts that are new to `seen`. */
  async #look(seen: string[], step: number): Promise<{ places: Map<string, number>; elements: number }> {
    // One question instead of two: a list is looked at a hundred times until it is far enough.
    const { texts, elements } = await this.page.locator('.messages').evaluate((list) => ({
      texts: [...list.querySelectorAll('.message .text')].map(
        (one) => [one.textContent ?? '', one.getBoundingClientRect().top] as const,
      ),
      elements: list.querySelectorAll('*').length,
    }));
    for (const [text] of step < 0 ? texts.toReversed() : texts) if (!seen.includes(text)) seen.push(text);
    // What is beyond the window may still get its height.
    const height = this.page.viewportSize()?.height ?? 0;
    return { places: new Map(texts.filter(([, top]) => top > 0 && top < height)), elements };
  }

  /** The texts of the open conversation, in their order. */
  texts(): Promise<string[]> {
    return this.page.locator('.message .text').allTextContents();
  }
}
