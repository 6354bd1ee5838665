import * as net from 'node:net';
import * as tls from 'node:tls';

export interface Answer {
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** Status and AWS's error type, or why no answer came. */
  readonly reason: string;
  /** No answer, because the other side had closed the kept connection before the request (a frozen function's usually are). */
  readonly stale?: boolean;
}

/**
 * A kept-alive HTTP/1.1 connection (RFC 9112) that sends one request at a time and reads no more of an answer than its status.
 * `node:http` would cost more CPU than all the rest of a post: docs/decisions/0035.
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
        ? // Without `servername` no SNI is sent (unlike `https.request`), and API Gateway refuses the handshake.
          tls.connect({ host, servername: host, port: Number(port) || 443, ALPNProtocols: ['http/1.1'] })
        : net.connect({ host, port: Number(port) || 80 });
    // A request under way has a timer, which keeps the process running; an idle connection shall not.
    this.#socket
      .setNoDelay()
      .unref()
      .on('data', (chunk: Buffer) => this.#receive(chunk))
      .on('error', (error: NodeJS.ErrnoException) => {
        this.#error = error.message || (error.code ?? error.name);
      })
      .on('close', () => this.#closed());
  }

  /** Whether it can take another request. */
  get usable(): boolean {
    return this.#socket.writable && this.#settle === undefined;
  }

  /** Only while `usable`. `headers` are whole lines, `content-length` among them. Always resolves, by the timeout at the latest. */
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
      this.close(); // A server's parting word, such as 408.
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
  /** Whether all of the body is there, so that the connection is free again. */
  readonly complete: boolean;
  readonly keepAlive: boolean;
}

/** Nothing while the head isn't all there. A body is measured by its length or its last chunk, else it ends with the connection. */
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
