import { once } from 'node:events';
import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import { Socket } from 'node:net';
import { type ClientOptions, WebSocket } from 'ws';

/** A WebSocket client that queues the messages that it receives. */
export class TestSocket {
  readonly webSocket: WebSocket;
  readonly closed: Promise<{ code: number; reason: string }>;
  /** The headers of the 101 answer. */
  upgradeHeaders: IncomingHttpHeaders = {};
  /** The TCP socket, once the WebSocket is open. */
  rawSocket = new Socket();
  readonly #messages: string[] = [];
  #wake: () => void = () => undefined;

  constructor(url: string, protocols: string[], options: ClientOptions) {
    this.webSocket = new WebSocket(url, protocols, options);
    this.webSocket.on('upgrade', ({ headers, socket }) => {
      this.upgradeHeaders = headers;
      this.rawSocket = socket;
    });
    this.webSocket.on('error', () => undefined); // A test that waits for an event gets the error.
    this.webSocket.on('message', (data) => {
      this.#messages.push(data.toString());
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      this.webSocket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  send(message: unknown): void {
    this.webSocket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Returns the next message, in the order of arrival. */
  async next(): Promise<string> {
    while (this.#messages.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#messages.shift() ?? '';
  }

  async nextJson(): Promise<unknown> {
    return JSON.parse(await this.next());
  }
}

/** Requests an upgrade that must be refused, and returns the answer. */
export async function askUpgrade(url: string, headers: OutgoingHttpHeaders) {
  const upgrade = request(url, {
    headers: {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      ...headers,
    },
  }).end();
  upgrade.on('upgrade', (_, socket) => {
    socket.destroy();
    upgrade.destroy(new Error('The upgrade was accepted'));
  });
  const [response] = await once(upgrade, 'response');
  response.setEncoding('utf8');
  let body = '';
  for await (const chunk of response) body += chunk;
  const isJson = response.headers['content-type'] === 'application/json';
  return { status: Number(response.statusCode), body: isJson ? JSON.parse(body) : body };
}
