import * as net from 'node:net';
import * as tls from 'node:tls';

/** The outcome of a request. */
export interface Answer {
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** For the log: the status with AWS's error type, or why no answer came. */
  readonly reason: string;
  /**
   * Whether no answer came because the server had closed the kept connection before the request. That is common after Lambda has
   * frozen the function for a while.
   */
  readonly stale?: boolean;
}

/**
 * A kept-alive HTTP/1.1 connection (RFC 9112). It sends one request at a time, and reads only the status and the error type of an
 * answer. `node:http` would take more CPU than all the rest of a post (decision 0035).
 */
export class HttpConnection {
  readonly #socket: net.Socket;
  #settle: ((answer: Answer) => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #received = '';
  #used = false;
  #error = 'the connection was closed';

  constructor({ protocol, hostname: host, port }: URL) {
    this.#socket =
      protocol === 'https:'
        ? // `tls.connect` sends no SNI without `servername`, unlike `https.request`, and API Gateway then refuses the handshake.
          tls.connect({ host, servername: host, port: Number(port) || 443, ALPNProtocols: ['http/1.1'] })
        : net.connect({ host, port: Number(port) || 80 });
    // An idle connection must not keep the process running. While a request is under way, its timer does.
    this.#socket
      .setNoDelay()
      .unref()
      .on('data', (chunk: Buffer) => this.#receive(chunk))
      .on('error', (error: NodeJS.ErrnoException) => {
        this.#error = error.message || (error.code ?? error.name);
      })
      .on('close', () => this.#closed());
  }

  /** Whether the connection is open and has no request under way. */
  get usable(): boolean {
    return this.#socket.writable && this.#settle === undefined;
  }

  /**
   * Sends a POST. The connection must be `usable`. `headers` are complete lines that end with CRLF, and include `content-length`.
   * The promise never rejects: after `timeoutMs` it resolves with status 0.
   */
  post(path: string, headers: string, body: Uint8Array, timeoutMs: number): Promise<Answer> {
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#timer = setTimeout(() => this.#socket.destroy(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs);
      this.#socket.cork();
      this.#socket.write(`POST ${path} HTTP/1.1\r\n${headers}\r\n`, 'latin1');
      this.#socket.write(body);
      this.#socket.uncork();
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    if (!this.#settle) {
      this.close(); // A server may send an answer, such as 408, before it closes an idle connection.
      return;
    }
    this.#received += chunk.toString('latin1');
    const answer = readAnswer(this.#received);
    if (!answer?.complete) return;
    if (!answer.keepAlive) this.close();
    this.#finish(answer);
  }

  #closed(): void {
    const answer = readAnswer(this.#received);
    this.#finish(answer ?? { status: 0, reason: this.#error, stale: this.#used && this.#received === '' });
  }

  #finish(answer: Answer): void {
    clearTimeout(this.#timer);
    const settle = this.#settle;
    this.#settle = undefined;
    this.#received = '';
    this.#used = true;
    settle?.(answer);
  }
}

interface Read extends Answer {
  /** Whether the whole body has arrived. */
  readonly complete: boolean;
  readonly keepAlive: boolean;
}

/**
 * Reads an answer from what has arrived, or returns undefined while its head isn't complete. The body ends after `content-length`
 * bytes, with its last chunk, or with the connection.
 */
function readAnswer(received: string): Read | undefined {
  const end = received.indexOf('\r\n\r\n') + 4;
  if (end < 4) return undefined;
  const head = received.slice(0, end);
  const length = header(head, 'content-length');
  const missing = length === undefined ? 0 : end + Number(length) - received.length;
  const status = Number(head.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length));
  return {
    status,
    reason: `${status} ${header(head, 'x-amzn-errortype') ?? ''}`.trimEnd(),
    complete: length === undefined ? received.endsWith('\r\n0\r\n\r\n') : missing <= 0,
    keepAlive: missing === 0 && header(head, 'connection')?.toLowerCase() !== 'close',
  };
}

function header(head: string, name: string): string | undefined {
  return new RegExp(`\r\n${name}: *([^\r]*)`, 'i').exec(head)?.[1];
}
