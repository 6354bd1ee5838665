/** The part of `WebSocket` that the client uses. */
export interface Socket {
  send(data: string): void;
  close(code?: number): void;
  addEventListener(type: 'open' | 'close', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
}

/** Where to upload a file, and what is told meanwhile. */
export interface UploadRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** 0 to 1, as far as the platform can tell. */
  readonly onProgress: (fraction: number) => void;
  readonly signal: AbortSignal | undefined;
}

/** Everything that the client takes from its surroundings. Times in milliseconds. */
export interface Platform {
  readonly fetch: typeof fetch;
  /** Whether `fetch` keeps cookies, as browsers do: the refresh token is one then, out of reach of scripts. */
  readonly cookies: boolean;
  openSocket(url: string, protocols: string[]): Socket;
  /** PUTs a file and answers with the HTTP status. Rejects when there is none, or when it is aborted. */
  upload(file: Blob, request: UploadRequest): Promise<number>;
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
  upload: async (body, { url, headers, signal = null }) =>
    (await fetch(url, { method: 'PUT', headers, body, signal })).status,
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
