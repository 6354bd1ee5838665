/** The part of `WebSocket` that the client uses. */
export interface Socket {
  send(data: string): void;
  close(code?: number): void;
  addEventListener(type: 'open' | 'close', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
}

/** Everything that the client takes from its surroundings. Times in milliseconds. */
export interface Platform {
  readonly fetch: typeof fetch;
  /** Whether `fetch` keeps cookies, as browsers do: the refresh token is one then, out of reach of scripts. */
  readonly cookies: boolean;
  openSocket(url: string, protocols: string[]): Socket;
  now(): number;
  /** 0 ≤ x < 1. */
  random(): number;
  /** Runs once after the delay, unless the returned function is called before. */
  schedule(delay: number, run: () => void): () => void;
  /** Whether nobody looks at the client: the heartbeat is slower then. */
  hidden(): boolean;
  /** Calls back when it is worth checking the connection at once: the network changed, or the person is back. */
  onWake(listener: () => void): void;
  /**
   * Holds a lock among all clients of the same person here, such as the tabs of a browser, while the work runs. With `steal` it is
   * taken from whoever has it, whose `lock` then rejects although their work runs on.
   */
  lock<T>(name: string, work: () => Promise<T>, steal?: boolean): Promise<T>;
  /** Reaches those clients, but not the one that posts. */
  channel<Message>(name: string, listener: (message: Message) => void): Channel<Message>;
}

export interface Channel<Message> {
  /** Takes what can be cloned (the structured clone algorithm). */
  post(message: Message): void;
  close(): void;
}

/** A program with a single client, always awake: Node. */
export const standardPlatform: Platform = {
  fetch: (input, init) => fetch(input, init),
  cookies: false,
  openSocket: (url, protocols) => new WebSocket(url, protocols),
  now: () => Date.now(),
  random: () => Math.random(),
  schedule: (delay, run) => {
    const timer = setTimeout(run, delay);
    return () => clearTimeout(timer);
  },
  hidden: () => false,
  onWake: () => {},
  lock: (_name, work) => work(),
  channel: () => ({ post: () => {}, close: () => {} }),
};
