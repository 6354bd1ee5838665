import type { Channel } from '../../index.ts';
import { FakePlatform } from './platform.ts';

interface Holder {
  readonly work: () => Promise<unknown>;
  readonly resolve: (value: never) => void;
  readonly reject: (cause: unknown) => void;
}

interface Ear {
  readonly tab: FakeTab;
  readonly name: string;
  readonly listener: (message: never) => void;
}

/** What the tabs of a browser share: locks like Web Locks, channels like `BroadcastChannel`, and the time. */
export class FakeBrowser {
  readonly tabs: FakeTab[] = [];
  readonly #held = new Map<string, Holder & { readonly tab: FakeTab }>();
  readonly #queues = new Map<string, (Holder & { readonly tab: FakeTab })[]>();
  #ears: Ear[] = [];

  open(): FakeTab {
    const tab = new FakeTab(this);
    this.tabs.push(tab);
    return tab;
  }

  /** Closes a tab: its locks and channels are released, and it does nothing any more. */
  close(tab: FakeTab): void {
    tab.gone = true;
    this.#ears = this.#ears.filter((ear) => ear.tab !== tab);
    for (const [name, queue] of this.#queues)
      this.#queues.set(
        name,
        queue.filter((holder) => holder.tab !== tab),
      );
    for (const [name, holder] of this.#held) if (holder.tab === tab) this.#next(name, holder);
    for (const socket of tab.sockets) socket.close();
  }

  /** The open sockets of all tabs. */
  get openSockets() {
    return this.tabs.flatMap((tab) => tab.sockets).filter((socket) => socket.accepted && !socket.closed);
  }

  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 250)
      for (const tab of this.tabs) if (!tab.gone && !tab.frozen) await tab.pass(250);
  }

  lock(tab: FakeTab, name: string, work: () => Promise<unknown>, steal: boolean): Promise<never> {
    return new Promise((resolve, reject) => {
      const holder = { tab, work, resolve, reject };
      const current = this.#held.get(name);
      if (current && steal) current.reject(new Error('stolen'));
      if (!current || steal) this.#grant(name, holder);
      else this.#queues.set(name, [...(this.#queues.get(name) ?? []), holder]);
    });
  }

  channel<Message>(tab: FakeTab, name: string, listener: (message: Message) => void): Channel<Message> {
    const ear: Ear = { tab, name, listener };
    this.#ears.push(ear);
    return {
      post: (message) => {
        if (tab.gone) return;
        for (const other of this.#ears.filter((one) => one.name === name && one.tab !== tab))
          other.tab.hear(() => other.listener(structuredClone(message) as never));
      },
      close: () => {
        this.#ears = this.#ears.filter((one) => one !== ear);
      },
    };
  }

  #grant(name: string, holder: Holder & { readonly tab: FakeTab }): void {
    this.#held.set(name, holder);
    const end = (value: unknown) => {
      holder.resolve(value as never);
      this.#next(name, holder);
    };
    queueMicrotask(() => void holder.work().then(end, holder.reject));
  }

  #next(name: string, holder: Holder): void {
    if (this.#held.get(name) !== holder) return;
    this.#held.delete(name);
    const [next, ...rest] = this.#queues.get(name) ?? [];
    this.#queues.set(name, rest);
    if (next) this.#grant(name, next);
  }
}

/** A tab. A frozen tab gets no messages until it thaws, and no time passes in it. */
export class FakeTab extends FakePlatform {
  gone = false;
  #frozen = false;
  #unheard: (() => void)[] = [];
  readonly #browser: FakeBrowser;

  constructor(browser: FakeBrowser) {
    super();
    this.#browser = browser;
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  set frozen(frozen: boolean) {
    this.#frozen = frozen;
    if (frozen) return;
    for (const hear of this.#unheard.splice(0)) hear();
  }

  hear(listener: () => void): void {
    if (this.#frozen) this.#unheard.push(listener);
    else queueMicrotask(() => !this.gone && listener());
  }

  override lock<T>(name: string, work: () => Promise<T>, steal = false): Promise<T> {
    return this.#browser.lock(this, name, work, steal);
  }

  override channel<Message>(name: string, listener: (message: Message) => void): Channel<Message> {
    return this.#browser.channel(this, name, listener);
  }
}
