import { setTimeout } from 'node:timers/promises';
import { mailOf } from './target.ts';
import { password } from './visitor.ts';

/** A page in another browser than Playwright's, by the few commands that people need who talk on it. */
export interface Remote {
  open(url: string): Promise<void>;
  /** Calls a function in the page, given as its source, and returns what it returns as JSON has it. */
  call<Value>(source: string, ...args: readonly string[]): Promise<Value>;
  /** Calls a function that returns an element, and returns a reference to it; undefined if it returns none. */
  find(source: string, ...args: readonly string[]): Promise<string | undefined>;
  click(reference: string): Promise<void>;
  /** Presses keys while the element has the focus. */
  type(reference: string, text: string): Promise<void>;
  reload(): Promise<void>;
  close(): Promise<void>;
}

/** Finds what can be seen and used, and stands still, by its label, that of its field, or its text. What has just that name comes first. */
const find = `async (selector, name) => {
  const named = (one) => (one.ariaLabel ?? one.labels?.[0]?.textContent ?? one.textContent).trim();
  const all = [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility() && !one.disabled);
  const found = all.find((one) => named(one) === name) ?? all.find((one) => named(one).includes(name));
  const place = () => JSON.stringify(found?.getBoundingClientRect());
  const before = place();
  for (const _ of [1, 2]) await new Promise(requestAnimationFrame);
  return found?.isConnected && place() === before ? found : null;
}`;

const attach = `(name, type, content) => {
  const field = document.querySelector('.composer input[type=file]');
  const files = new DataTransfer();
  files.items.add(new File([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], name, { type }));
  field.files = files.files;
  field.dispatchEvent(new Event('change', { bubbles: true }));
}`;

/** Somebody on the page in any engine: what the main flow needs of a `Visitor`. */
export class RemoteVisitor {
  readonly #remote: Remote;

  static async arrive(remote: Remote, url: string): Promise<RemoteVisitor> {
    await remote.open(url);
    return new RemoteVisitor(remote);
  }

  private constructor(remote: Remote) {
    this.#remote = remote;
  }

  async register(name: string, username: string): Promise<void> {
    await this.#click('button', 'Create an account');
    await this.#type('Your name', name);
    await this.#type('Username', username);
    await this.#type('E-mail', mailOf(username));
    await this.#type('Password', password);
    await this.#click('button', 'Create account');
    await this.#find('h1', 'Chats');
  }

  async startTalkingTo(name: string, username: string): Promise<void> {
    await this.#click('button', 'New conversation');
    await this.#type('Find people by name or username', username.slice(0, -1));
    await this.#click('button', `@${username}`);
    await this.#find('h1', name);
  }

  async say(text: string): Promise<void> {
    await this.#type('Message to', text);
    await this.#click('button', 'Send');
  }

  /** Chooses a file for the next message, and waits until it is ready to be sent. */
  async attach(name: string, type: string, content: Buffer): Promise<void> {
    await this.#find('textarea', 'Message to');
    await this.#remote.call(attach, name, type, content.toString('base64'));
    await this.#find('li.attachment.ready', name);
  }

  /** The value of an expression in the page. */
  see<Value>(expression: string): Promise<Value> {
    return this.#remote.call(`() => (${expression})`);
  }

  reload(): Promise<void> {
    return this.#remote.reload();
  }

  leave(): Promise<void> {
    return this.#remote.close();
  }

  async #click(selector: string, name: string): Promise<void> {
    await this.#remote.click(await this.#find(selector, name));
  }

  async #type(label: string, text: string): Promise<void> {
    await this.#remote.type(await this.#find('input, textarea', label), text);
  }

  /** Waits for an element that can be seen and used. */
  #find(selector: string, name: string): Promise<string> {
    return until(async () => {
      const reference = await this.#remote.find(find, selector, name);
      if (reference === undefined) throw new Error(`There is no ${selector} “${name}”.`);
      return reference;
    });
  }
}

const patienceMs = 60_000;

/** Tries something again until it doesn't throw any more. */
export async function until<Value>(attempt: () => Promise<Value>): Promise<Value> {
  const deadline = Date.now() + patienceMs;
  for (;;)
    try {
      return await attempt();
    } catch (cause) {
      if (Date.now() > deadline) throw cause;
      await setTimeout(50);
    }
}
