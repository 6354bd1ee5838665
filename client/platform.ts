import type { OutboxStore } from './outbox.ts';

/** The part of the `WebSocket` interface that the client uses. */
export interface Socket {
  send(data: string): void;
  close(code?: number): void;
  addEventListener(type: 'open' | 'close', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
}

/** Where to upload a file, and how to follow the upload. */
export interface UploadRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Takes the uploaded fraction, 0 to 1. A platform that can't measure it doesn't call. */
  readonly onProgress: (fraction: number) => void;
  readonly signal: AbortSignal | undefined;
}

/** Everything that the client needs from the program's environment. All times are in milliseconds. */
export interface Platform {
  readonly fetch: typeof fetch;
  /** Whether `fetch` keeps cookies. The refresh token is an HttpOnly cookie then, which scripts can't read. */
  readonly cookies: boolean;
  /** Where a person's unsent messages are kept. */
  outboxStore(userId: string): OutboxStore;
  openSocket(url: string, protocols: string[]): Socket;
  /** Uploads a file by PUT and resolves with the HTTP status. Rejects if there is no response, or if it is aborted. */
  upload(file: Blob, request: UploadRequest): Promise<number>;
  now(): number;
  /** A clock that is never set, but may stand still while the machine sleeps. Only differences of it mean something. */
  elapsed(): number;
  /** At least 0 and less than 1. */
  random(): number;
  /** Runs a function once after the delay. The returned function cancels that. */
  schedule(delay: number, run: () => void): () => void;
  /** Whether nobody sees the client. The heartbeat is slower then. */
  hidden(): boolean;
  /** Calls back when the connection should be checked at once: the network changed, or the client is visible again. */
  onWake(listener: () => void): void;
  /**
   * Holds a lock while the work runs. All clients of the same person on this machine, such as the tabs of a browser, compete for
   * it. With `steal` the lock is taken from its holder: the holder's `lock` rejects, although its work goes on.
   */
  lock<T>(name: string, work: () => Promise<T>, steal?: boolean): Promise<T>;
  /** Exchanges messages with those other clients. What a client posts doesn't come back to itself. */
  channel<Message>(name: string, listener: (message: Message) => void): Channel<Message>;
}

export interface Channel<Message> {
  /** Takes any value that the structured clone algorithm can copy. */
  post(message: Message): void;
  close(): void;
}
