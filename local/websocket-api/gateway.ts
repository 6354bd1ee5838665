import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { type GatewayFigure, gatewayFigures } from '../cloudwatch/api-gateway.ts';
import type { FaultOf } from '../faults/fault.ts';
import { handleWithFaults } from '../faults/service-faults.ts';
import { assertSigned } from '../services/signed.ts';
import { TokenBucket } from '../token-bucket.ts';
import type { OpenSockets, World } from '../types.ts';
import { type Admission, admit } from './connect.ts';
import { Connection, goingAway } from './connection.ts';
import type { ApiDefinition } from './definition.ts';
import { type CloseStatus, disconnectEvent, messageEvent, type Peer } from './events.ts';
import { MAX_MESSAGE_BYTES } from './frames.ts';
import { type GatewayFailure, internalError } from './integration.ts';
import { handleManagementCall, type Management } from './management.ts';
import { Turns } from './turns.ts';
import { withTimeout } from './with-timeout.ts';

const forbidden: GatewayFailure = { status: 403, message: 'Forbidden' };
const throttled: GatewayFailure = { status: 429, message: 'Too Many Requests' };

/** How long a stop waits for clients to answer the close frame, and for $disconnect functions. */
const STOP_TIMEOUT_MS = 1000;

/** Serves the sockets of one API: it admits clients, routes their messages, and answers `@connections` calls. */
export class Gateway implements Management {
  readonly connections = new Map<string, Connection>();
  readonly #api: ApiDefinition;
  readonly #world: World;
  readonly #domainName: string;
  readonly #put: GatewayFigure;
  readonly #managementCalls: TokenBucket | undefined;
  readonly #admissions = new WeakMap<IncomingMessage, Admission>();
  /** One promise per socket, pending until the socket has closed and its $disconnect function has run. */
  readonly #endings = new Set<Promise<void>>();
  readonly #turns = new Turns();
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    verifyClient: ({ req }, done) => void this.#verify(req, done),
    handleProtocols: (_, request) => this.#admissions.get(request)?.protocol ?? false,
  });

  constructor(api: ApiDefinition, domainName: string, world: World) {
    this.#api = api;
    this.#domainName = domainName;
    this.#world = world;
    this.#put = gatewayFigures(world.figures, api.id);
    const rate = world.webSocket?.managementCallsPerSecond;
    this.#managementCalls = rate === undefined ? undefined : new TokenBucket(rate, rate);
  }

  hasStage(name: string): boolean {
    return this.#api.stages.has(name);
  }

  assertSigned(request: IncomingMessage, body: Buffer): void {
    assertSigned(request, body, this.#world, 'execute-api');
  }

  takeCall(): boolean {
    return this.#managementCalls?.take() ?? true;
  }

  post(connection: Connection, body: Buffer): void {
    const { faults } = this.#world;
    this.#put(connection.peer.stage, 'MessageCount');
    if (faults.meet('lost', 'APIGATEWAYMANAGEMENTAPI')) return;
    const stuck = faults.meet('stuck-reader', this.#api.id);
    if (stuck) connection.hold(stuck.until);
    connection.send(body);
  }

  handleRequest(request: IncomingMessage, response: ServerResponse): void {
    const faulty = { service: 'APIGATEWAYMANAGEMENTAPI', faults: this.#world.faults } as const;
    void handleWithFaults(faulty, request.method ?? '', request, response, () => {
      if (handleManagementCall(this, request, response)) return;
      response.writeHead(426, { connection: 'Upgrade', upgrade: 'websocket', 'content-type': 'application/json' });
      response.end('{"message":"Upgrade Required"}');
    });
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const admission = this.#admissions.get(request);
      if (!admission) throw new Error('A socket was opened that nobody admitted');
      this.#admissions.delete(request);
      const { peer } = admission;
      const connection = new Connection(
        peer,
        webSocket,
        socket,
        this.#world.webSocket ?? {},
        (text) => void this.#receive(connection, text),
      );
      this.connections.set(peer.connectionId, connection);
      this.#track(connection.ended.then((status) => this.#disconnect(peer, status)));
    });
  }

  /** Ends the sockets that meet a fault. */
  cut({ how }: FaultOf<'cut'>, meets: () => boolean): void {
    for (const connection of [...this.connections.values()])
      if (meets()) how === 'torn' ? connection.terminate() : connection.close(goingAway);
  }

  get openSockets(): OpenSockets {
    const { connections } = this;
    return {
      apiId: this.#api.id,
      connections: {
        *[Symbol.iterator]() {
          for (const [id, { peer, lastActiveAt }] of connections)
            yield { id, connectedAt: peer.connectedAt, lastActiveAt };
        },
      },
      post: (id, text) => void connections.get(id)?.send(Buffer.from(text)),
      close: (id) => void connections.get(id)?.close(goingAway),
    };
  }

  async close(): Promise<void> {
    this.#webSockets.close();
    for (const connection of this.connections.values()) connection.close(goingAway);
    await withTimeout(STOP_TIMEOUT_MS, Promise.all(this.#endings));
    for (const connection of this.connections.values()) connection.terminate();
  }

  async #verify(
    request: IncomingMessage,
    done: (accept: boolean, status?: number, body?: string, headers?: Record<string, string>) => void,
  ) {
    const outcome = await admit(this.#api, this.#domainName, request, this.#put);
    if ('status' in outcome) {
      this.#world.log.debug(`$connect of ${this.#api.id} refused: ${outcome.status}`);
      return done(false, outcome.status, outcome.body, { 'Content-Type': 'application/json' });
    }
    this.#admissions.set(request, outcome);
    done(true);
    // If the admission is still there, the socket or the stack has ended before the upgrade was complete.
    if (this.#admissions.delete(request)) {
      this.#track(this.#disconnect(outcome.peer, { code: 1006, reason: 'Connection closed abnormally' }));
    }
  }

  /**
   * The messages of one socket are handled concurrently and in no guaranteed order, as on AWS. Of one that has closed, those that
   * still wait for their turn are dropped.
   */
  async #receive(connection: Connection, text: string): Promise<void> {
    const { peer } = connection;
    this.#put(peer.stage, 'MessageCount');
    const route =
      this.#api.routes.get(this.#api.selectRouteKey(text) ?? '$default') ?? this.#api.routes.get('$default');
    const event = messageEvent(peer, route?.key ?? '$default', text);
    const fail = ({ message }: GatewayFailure) => {
      const { connectionId, requestId } = event.requestContext;
      connection.send(Buffer.from(JSON.stringify({ message, connectionId, requestId })));
    };
    const taken = route && this.#api.stages.get(peer.stage)?.takeRequest(route.key);
    if (!taken) {
      this.#put(peer.stage, 'ClientError');
      return fail(route ? throttled : forbidden);
    }
    const handle = async () => {
      if (!connection.isOpen) return undefined;
      const startedAt = performance.now();
      const answer = await route.integration(event);
      this.#put(peer.stage, 'IntegrationLatency', performance.now() - startedAt);
      if ('status' in answer && answer.status === 500) this.#put(peer.stage, 'ExecutionError');
      else if ('status' in answer || answer.statusCode >= 400) this.#put(peer.stage, 'IntegrationError');
      return answer;
    };
    const answer = await (route.isMock ? route.integration(event) : this.#turns.take(connection, handle));
    if (!answer) return;
    // A failure is sent whether or not the route has a response.
    if ('status' in answer) return fail(answer);
    if (!route.returnsResponse || answer.body === '') return;
    const body = Buffer.from(answer.body);
    if (body.length > MAX_MESSAGE_BYTES) return fail(internalError);
    connection.send(body);
  }

  async #disconnect(peer: Peer, status: CloseStatus): Promise<void> {
    this.connections.delete(peer.connectionId);
    if (this.#world.faults.meet('disconnect-lost', this.#api.id)) return;
    const route = this.#api.routes.get('$disconnect');
    // In turn with the messages, since a thousand sockets that end at once would use up Lambda's concurrency.
    if (route)
      await this.#turns.take({ pause() {}, resume() {} }, () => route.integration(disconnectEvent(peer, status)));
  }

  #track(ending: Promise<void>): void {
    this.#endings.add(ending);
    void ending.finally(() => this.#endings.delete(ending));
  }
}
