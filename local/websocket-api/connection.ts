import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { WebSocketLimits } from '../types.ts';
import type { CloseStatus, Peer } from './events.ts';
import { frameInspector, MAX_FRAME_BYTES } from './frames.ts';

/** Bytes that may wait for a client that doesn't read; beyond them it is dropped. */
const MAX_BACKLOG_BYTES = 4 * 1024 * 1024;

/** How long a closed socket waits for its client to close as well. */
const CLOSE_TIMEOUT_MS = 2000;

export const goingAway: CloseStatus = { code: 1001, reason: 'Going away' };

/** What `$disconnect` reads when the peer gave no reason of its own. */
const reasons: Readonly<Record<number, string>> = {
  1000: 'Connection Closed Normally',
  1001: 'Going away',
  1005: 'Client-side close frame status not set',
  1006: 'Connection closed abnormally',
};

/** AWS: "Quotas for configuring and running a WebSocket API in API Gateway". */
const IDLE_MS = 10 * 60 * 1000;
const MAX_LIFE_MS = 2 * 60 * 60 * 1000;

/** One open socket. It ends by itself when idle or old, and when its client sends what API Gateway doesn't take. */
export class Connection {
  readonly peer: Peer;
  /** Resolves when the socket is gone. */
  readonly ended: Promise<CloseStatus>;
  lastActiveAt: number;
  readonly #webSocket: WebSocket;
  readonly #idle: NodeJS.Timeout;
  readonly #life: NodeJS.Timeout;
  /** Set when the server closes: that is the status, whatever the client answers. */
  #closing: CloseStatus | undefined;

  constructor(
    peer: Peer,
    webSocket: WebSocket,
    socket: Duplex,
    limits: WebSocketLimits,
    onMessage: (text: string) => void,
  ) {
    this.peer = peer;
    this.lastActiveAt = Date.now();
    this.#webSocket = webSocket;
    this.#idle = setTimeout(() => this.close(goingAway), limits.idleMs ?? IDLE_MS).unref();
    this.#life = setTimeout(() => this.close(goingAway), limits.maxLifeMs ?? MAX_LIFE_MS).unref();
    // Before the listener of `ws`, so that a frame's header is judged before `ws` waits for its payload.
    socket.prependListener(
      'data',
      frameInspector((code) => this.close({ code, reason: '' })),
    );
    webSocket.on('message', (data: Buffer) => {
      if (!this.isOpen) return; // `ws` hands on what comes in after the close, too.
      this.#touch();
      onMessage(data.toString());
    });
    webSocket.on('error', () => undefined); // A protocol error: `ws` closes the socket, and `close` follows.
    this.ended = new Promise((resolve) => {
      webSocket.on('close', (code, reason) => resolve(this.#end(code, reason.toString())));
    });
  }

  get isOpen(): boolean {
    return this.#webSocket.readyState === WebSocket.OPEN;
  }

  /** Sends a text message, in frames of 32 KB at most. */
  send(message: Buffer): void {
    if (!this.isOpen) return;
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

  /** Drops the socket without a close frame. */
  terminate(): void {
    this.#webSocket.terminate();
  }

  #touch(): void {
    this.lastActiveAt = Date.now();
    this.#idle.refresh();
  }

  #end(code: number, reason: string): CloseStatus {
    clearTimeout(this.#idle);
    clearTimeout(this.#life);
    return this.#closing ?? { code, reason: reason || (reasons[code] ?? '') };
  }
}
