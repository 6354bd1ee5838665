import type { Platform, Socket } from '#client/index.ts';
import { nodePlatform } from '#client/node-platform.ts';
import { operations } from '#protocol/operations.ts';
import type { Api } from './api.ts';

type Listener = (event: { data: unknown }) => void;

/** How much faster timers are than real ones, so that tests don't wait long for lost replies. */
const speed = 10;

/** The longest delay of a frame, in ms. Frames may overtake each other. */
const latestMs = 40;

/**
 * The platform of a client, which connects it to the functions of this process. Until it is calmed, its network loses, repeats
 * and delays frames, loses answers, and closes connections.
 */
export class LossyPlatform implements Platform {
  readonly cookies = false;
  readonly random: () => number;
  calm = false;
  /** Everything that the server has sent to it, also what was lost. */
  readonly told: string[] = [];
  readonly #api: Api;
  readonly #sockets = new Set<LossySocket>();
  readonly #begin = Date.now();

  constructor(api: Api, random: () => number) {
    this.#api = api;
    this.random = random;
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const url = new URL(String(input), 'http://server');
    const method = init?.method ?? 'GET';
    const isSession = url.pathname.startsWith('/auth/');
    if (!isSession && this.chance(0.05)) throw new TypeError('The request was lost');
    const { route, params } = routeOf(method, url.pathname);
    const token = new Headers(init?.headers).get('authorization')?.slice('Bearer '.length);
    const { status, headers, body } = await this.#api.call(route, {
      params,
      ...(url.search && { query: Object.fromEntries(url.searchParams) }),
      ...(init?.body && { body: JSON.parse(String(init.body)) }),
      ...(token && { token }),
    });
    const text = body === undefined ? null : JSON.stringify(body);
    if (text && !isSession) this.told.push(text);
    if (!isSession && this.chance(0.05)) throw new TypeError('The answer was lost');
    return new Response(text, { status: status ?? 200, headers: { 'content-type': String(headers['content-type']) } });
  };

  openSocket(_url: string, protocols: string[]): Socket {
    const socket = new LossySocket(this, this.#api.gateway.httpUrl.replace('http', 'ws'), protocols);
    this.#sockets.add(socket);
    return socket;
  }

  cut(): void {
    for (const socket of this.#sockets) socket.close();
    this.#sockets.clear();
  }

  chance(of: number): boolean {
    return !this.calm && this.random() < of;
  }

  now(): number {
    return this.#begin + (Date.now() - this.#begin) * speed;
  }

  elapsed(): number {
    return this.now();
  }

  readonly schedule: Platform['schedule'] = (delay, run) => nodePlatform.schedule(delay / speed, run);
  readonly hidden = () => false;
  readonly onWake = () => undefined;
  readonly lock: Platform['lock'] = (_name, work) => work();
  readonly outboxStore = nodePlatform.outboxStore;
  readonly channel = nodePlatform.channel;
  readonly upload = nodePlatform.upload;
}

class LossySocket implements Socket {
  readonly #platform: LossyPlatform;
  readonly #socket: WebSocket;
  readonly #listeners: Listener[] = [];

  constructor(platform: LossyPlatform, url: string, protocols: string[]) {
    this.#platform = platform;
    this.#socket = new WebSocket(url, protocols);
    this.#socket.addEventListener('message', ({ data }) => {
      platform.told.push(String(data));
      for (let copies = platform.chance(0.1) ? 2 : platform.chance(0.1) ? 0 : 1; copies > 0; copies--) this.#hear(data);
    });
  }

  addEventListener(type: 'open' | 'close' | 'message', listener: Listener): void {
    if (type === 'message') this.#listeners.push(listener);
    else this.#socket.addEventListener(type, () => listener({ data: undefined }));
  }

  /** API Gateway itself answers heartbeats, so they are always answered here. */
  send(data: string): void {
    const { action } = JSON.parse(data);
    if (action === 'ping') this.#hear('{"type":"pong"}');
    else if (!this.#platform.chance(0.05)) this.#socket.send(data);
  }

  close(): void {
    this.#socket.close();
  }

  #hear(data: unknown): void {
    const late = this.#platform.calm ? 0 : this.#platform.random() * latestMs;
    setTimeout(() => {
      for (const listener of this.#listeners) listener({ data });
    }, late);
  }
}

/** The route of a path. As in API Gateway, it is the matching one with the fewest parameters. */
function routeOf(method: string, path: string): { route: string; params: Record<string, string> } {
  const routes = Object.keys(operations).sort((a, b) => a.split('{').length - b.split('{').length);
  for (const route of routes) {
    const pattern = route.replaceAll('.', '\\.').replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)');
    const match = new RegExp(`^${pattern}$`).exec(`${method} ${path}`);
    if (match) return { route, params: { ...match.groups } };
  }
  throw new Error(`no route for ${method} ${path}`);
}
