import * as net from 'node:net';
import * as tls from 'node:tls';

/** The outcome of a request. */
export interface Answer {
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** For the log: the status with AWS's error type, or why no answer came. */
  readonly reason: string;
  /** The body, or what of it came before the connection was closed. */
  readonly body: Buffer;
  /** Whether the whole answer came. */
  readonly complete: boolean;
  /** Gets a header by its name in lower case. */
  readonly header: (name: string) => string | undefined;
  /**
   * Whether no answer came because the server had closed the kept connection before the request. That is common after Lambda has
   * frozen the function for a while.
   */
  readonly stale?: boolean;
}

/** A request, without what every HTTP client adds. */
export interface Request {
  readonly method: string;
  readonly path: string;
  /** Complete lines that end with CRLF, and include `content-length`. */
  readonly headers: string;
  readonly body: Uint8Array;
}

/** How long a connection may take to open, in ms. It is short, so that there is time left for another one. */
const connectMs = 1_000;

/**
 * A kept-alive HTTP/1.1 connection (RFC 9112). It sends one request at a time. `node:http` would take more CPU than all the rest of a
 * request (decisions 0035 and 0142).
 */
export class HttpConnection {
  readonly #socket: net.Socket;
  readonly #opening: NodeJS.Timeout;
  #settle: ((answer: Answer) => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #received: Buffer[] = [];
  #size = 0;
  /** How many bytes have to be there before it is worth looking at them again. */
  #needed = 0;
  #used = false;
  #error = 'the connection was closed';

  constructor({ protocol, hostname: host, port }: URL) {
    const secure = protocol === 'https:';
    this.#socket = secure
      ? // `tls.connect` sends no SNI without `servername`, unlike `https.request`, and API Gateway then refuses the handshake.
        tls.connect({ host, servername: host, port: Number(port) || 443, ALPNProtocols: ['http/1.1'] })
      : net.connect({ host, port: Number(port) || 80 });
    this.#opening = setTimeout(() => this.#destroy(`not connected in ${connectMs} ms`), connectMs).unref();
    // An idle connection must not keep the process running. While a request is under way, its timer does.
    this.#socket
      .setNoDelay()
      .unref()
      .on(secure ? 'secureConnect' : 'connect', () => clearTimeout(this.#opening))
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
   * Sends a request. The connection must be `usable`. The promise never rejects: after `timeoutMs` without the whole answer it
   * resolves with status 0, or with what came of the answer.
   */
  request({ method, path, headers, body }: Request, timeoutMs: number): Promise<Answer> {
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#timer = setTimeout(() => this.#destroy(`no answer in ${timeoutMs} ms`), timeoutMs);
      this.#socket.cork();
      this.#socket.write(`${method} ${path} HTTP/1.1\r\n${headers}\r\n`, 'latin1');
      this.#socket.write(body);
      this.#socket.uncork();
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #destroy(reason: string): void {
    this.#socket.destroy(new Error(reason));
  }

  #receive(chunk: Buffer): void {
    if (!this.#settle) {
      this.close(); // A server may send an answer, such as 408, before it closes an idle connection.
      return;
    }
    this.#received.push(chunk);
    this.#size += chunk.length;
    if (this.#size < this.#needed) return;
    const read = this.#read();
    this.#needed = read?.needed ?? 0;
    if (!read?.complete) return;
    if (!read.keepAlive) this.close();
    this.#finish(read);
  }

  #closed(): void {
    clearTimeout(this.#opening);
    const read = this.#read();
    const none = { status: 0, reason: this.#error, stale: this.#used && this.#size === 0 };
    // A body without a length ends with the connection.
    if (read) this.#finish({ ...read, complete: read.complete || read.needed === undefined });
    else this.#finish({ ...none, body: Buffer.alloc(0), complete: false, header: () => undefined });
  }

  #read(): Read | undefined {
    const [first, ...others] = this.#received;
    if (first === undefined) return undefined;
    const received = others.length > 0 ? Buffer.concat(this.#received) : first;
    this.#received = [received];
    return readAnswer(received);
  }

  #finish(answer: Answer): void {
    clearTimeout(this.#timer);
    const settle = this.#settle;
    this.#settle = undefined;
    this.#received = [];
    this.#size = 0;
    this.#needed = 0;
    this.#used = true;
    settle?.(answer);
  }
}

interface Read extends Answer {
  /** How many bytes the answer has at least, or undefined if it has no length and so ends with the connection. */
  readonly needed: number | undefined;
  readonly keepAlive: boolean;
}

/**
 * Reads an answer from what has arrived, or returns undefined while its head isn't complete. The body ends after `content-length`
 * bytes, with its last chunk, or with the connection.
 */
function readAnswer(received: Buffer): Read | undefined {
  const bodyAt = received.indexOf('\r\n\r\n') + 4;
  if (bodyAt < 4) return undefined;
  const head = received.toString('latin1', 0, bodyAt);
  const header = (name: string) => headerOf(head, name);
  const status = Number(head.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length));
  const { body, end, needed } = bodyOf(received, bodyAt, status, header);
  return {
    status,
    reason: `${status} ${header('x-amzn-errortype') ?? ''}`.trimEnd(),
    body,
    header,
    complete: end !== undefined && end <= received.length,
    needed,
    keepAlive: end === received.length && header('connection')?.toLowerCase() !== 'close',
  };
}

function bodyOf(received: Buffer, at: number, status: number, header: Answer['header']) {
  if (status === 204) return { body: Buffer.alloc(0), end: at, needed: at };
  if (header('transfer-encoding')?.toLowerCase() === 'chunked') return unchunked(received, at);
  const length = header('content-length');
  const end = length === undefined ? undefined : at + Number(length);
  return { body: received.subarray(at, end), end, needed: end };
}

/** Reads a body in chunks. Its `end` is undefined as long as the last chunk, which is empty, and its trailers aren't there. */
function unchunked(received: Buffer, start: number) {
  const chunks: Buffer[] = [];
  let at = start;
  for (;;) {
    const lineEnd = received.indexOf('\r\n', at);
    const size = lineEnd < 0 ? Number.NaN : Number.parseInt(received.toString('latin1', at, lineEnd), 16);
    const last = size === 0 ? received.indexOf('\r\n\r\n', lineEnd) : -1;
    const next = lineEnd + 2 + size + 2;
    if (last >= 0) return { body: Buffer.concat(chunks), end: last + 4, needed: last + 4 };
    if (!(size > 0) || next > received.length) return { body: Buffer.concat(chunks), end: undefined, needed: 0 };
    chunks.push(received.subarray(lineEnd + 2, next - 2));
    at = next;
  }
}

function headerOf(head: string, name: string): string | undefined {
  return new RegExp(`\r\n${name}: *([^\r]*)`, 'i').exec(head)?.[1];
}
