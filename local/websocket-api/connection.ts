import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { WebSocketLimits } from '../types.ts';
import type { CloseStatus, Peer } from './events.ts';
import { frameInspector, MAX_FRAME_BYTES } from './frames.ts';

/** A client that doesn't read is dropped when more bytes than this wait for it. */
const MAX_BACKLOG_BYTES = 4 * 1024 * 1024;

/** How long the server waits for the client's close frame after it has sent its own. */
const CLOSE_TIMEOUT_MS = 2000;

export const goingAway: CloseStatus = { code: 1001, reason: 'Going away' };

/** The reason that `$disconnect` gets for a close code when the peer has given none. */
const reasons: Readonly<Record<number, string>> = {
  1000: 'Connection Closed Normally',
  1001: 'Going away',
  1005: 'Client-side close frame status not set',
  1006: 'Connection closed abnormally',
};

// AWS: "Quotas for configuring and running a WebSocket API in API Gateway".
const IDLE_MS = 10 * 60 * 1000;
const MAX_LIFE_MS = 2 * 60 * 60 * 1000;

/** An open socket. It closes itself after the idle timeout or its maximum age, and when the client sends a frame that is not allowed. */
export class Connection {
  readonly peer: Peer;
  /** Resolves when the socket has closed. */
  readonly ended: Promise<CloseStatus>;
  lastActiveAt: number;
  readonly #webSocket: WebSocket;
  readonly #idle: NodeJS.Timeout;
  readonly #life: NodeJS.Timeout;
  /** The status when the server closes the socket. The client's answer doesn't change it. */
  #closing: CloseStatus | undefined;
  /** What waits to be sent while the client is made not to read, and what ends that. */
  #held: { readonly messages: Buffer[]; bytes: number; readonly timer: NodeJS.Timeout } | undefined;

  constructor(peer: Peer, webSocket: WebSocket, socket: Duplex, limits: WebSocketLimits, take: (text: string) => void) {
    this.peer = peer;
    this.lastActiveAt = Date.now();
    this.#webSocket = webSocket;
    this.#idle = setTimeout(() => this.close(goingAway), limits.idleMs ?? IDLE_MS).unref();
    this.#life = setTimeout(() => this.close(goingAway), limits.maxLifeMs ?? MAX_LIFE_MS).unref();
    // This listener comes before that of `ws`, so that it sees a frame's header before `ws` waits for the payload.
    const inspect = frameInspector((code) => this.close({ code, reason: '' }));
    socket.prependListener('data', inspect);
    webSocket.on('message', (data: Buffer) => {
      if (!this.isOpen) return; // `ws` also emits messages that arrive after the close.
      this.#touch();
      take(data.toString());
    });
    webSocket.on('error', () => undefined); // On a protocol error `ws` closes the socket, and `close` follows.
    this.ended = new Promise((resolve) => {
      webSocket.on('close', (code, reason) => resolve(this.#end(code, reason.toString())));
    });
  }

  get isOpen(): boolean {
    return this.#webSocket.readyState === WebSocket.OPEN;
  }

  /** Sends a text message in frames of at most 32 KB. */
  send(message: Buffer): void {
    if (!this.isOpen) return;
    if (this.#held) {
      this.#held.messages.push(message);
      this.#held.bytes += message.length;
      if (this.#held.bytes > MAX_BACKLOG_BYTES) this.terminate();
      return;
    }
    let start = 0;
    do {
      const end = Math.min(start + MAX_FRAME_BYTES, message.length);
      this.#webSocket.send(message.subarray(start, end), { binary: false, fin: end === message.length });
      start = end;
    } while (start < message.length);
    this.#touch();
    if (this.#webSocket.bufferedAmount > MAX_BACKLOG_BYTES) this.terminate();
  }

  close(status: CloseStatus): void {
    if (!this.isOpen) return;
    this.#closing = status;
    this.#webSocket.close(status.code, status.reason);
    setTimeout(() => this.terminate(), CLOSE_TIMEOUT_MS).unref();
  }

  /** Keeps back what is sent until a time, in milliseconds since 1970, as if the client didn't read and its window was full. */
  hold(until: number): void {
    if (this.#held) return;
    const timer = setTimeout(() => this.#flush(), until - Date.now()).unref();
    this.#held = { messages: [], bytes: 0, timer };
  }

  /** Stops reading what the client sends, which soon makes its sends wait, too. */
  pause(): void {
    this.#webSocket.pause();
  }

  resume(): void {
    this.#webSocket.resume();
  }

  /** Drops the socket without a close frame. */
  terminate(): void {
    this.#webSocket.terminate();
  }

  #flush(): void {
    const messages = this.#held?.messages ?? [];
    this.#held = undefined;
    for (const message of messages) this.send(message);
  }

  #touch(): void {
    this.lastActiveAt = Date.now();
    this.#idle.refresh();
  }

  #end(code: number, reason: string): CloseStatus {
    clearTimeout(this.#idle);
    clearTimeout(this.#life);
    clearTimeout(this.#held?.timer);
    return this.#closing ?? { code, reason: reason || (reasons[code] ?? '') };
  }
}
