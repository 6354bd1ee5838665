import { idMaker } from '#client/ids.ts';
import type { Platform, Socket } from '#client/index.ts';
import type { SendMessage } from '#protocol/frames.ts';

/** How long a reply is waited for. Without one the outcome is unknown, and the history has it as open anyway. */
const replyMs = 10_000;

/**
 * A client without the SDK's care: it sends what it wants, as often as it wants, on two sockets at once. The SDK never sends two messages of one
 * conversation at the same time, and repeats one only after a loss.
 */
export class RawClient {
  readonly newId = idMaker(() => Date.now());
  readonly #platform: Platform;
  readonly #wsUrl: string;
  readonly #token: () => Promise<string | undefined>;
  readonly #waiting = new Map<string, () => void>();
  #sockets: Promise<Socket | undefined>[] = [];
  #next = 0;
  #closed = false;

  constructor(platform: Platform, wsUrl: string, token: () => Promise<string | undefined>) {
    this.#platform = platform;
    this.#wsUrl = wsUrl;
    this.#token = token;
  }

  /** Sends a frame over one of the sockets, by turns, and waits for the reply. Returns whether there was one. */
  async ask(frame: Readonly<Record<string, unknown>> & { readonly id: string }): Promise<boolean> {
    if (this.#closed) return false;
    const turn = this.#next++ % 2;
    this.#sockets[turn] ??= this.#open(turn);
    const socket = await this.#sockets[turn];
    if (!socket) return false;
    const replied = new Promise<boolean>((resolve) => {
      const cancel = this.#platform.schedule(replyMs, () => resolve(false));
      this.#waiting.set(frame.id, () => {
        cancel();
        resolve(true);
      });
    });
    socket.send(JSON.stringify(frame));
    return replied;
  }

  send(message: Omit<SendMessage, 'action'>): Promise<boolean> {
    return this.ask({ action: 'message', ...message });
  }

  reopen(): void {
    this.#closed = false;
  }

  /** Until it is reopened, what is asked goes nowhere. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const socket of await Promise.all(this.#sockets)) socket?.close();
    this.#sockets = [];
  }

  async #open(turn: number): Promise<Socket | undefined> {
    const token = await this.#token();
    if (token === undefined) return undefined;
    const socket = this.#platform.openSocket(this.#wsUrl, ['storm.v1', `bearer.${token}`]);
    const opened = new Promise<boolean>((resolve) => {
      socket.addEventListener('open', () => resolve(true));
      socket.addEventListener('close', () => resolve(false));
    });
    socket.addEventListener('close', () => delete this.#sockets[turn]);
    socket.addEventListener('message', ({ data }) => {
      const { re } = Object(JSON.parse(String(data)));
      this.#waiting.get(re)?.();
      this.#waiting.delete(re);
    });
    return (await opened) ? socket : undefined;
  }
}
