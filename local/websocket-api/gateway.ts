import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { gatewayFigures } from '../cloudwatch/api-gateway.ts';
import type { FaultOf } from '../faults/fault.ts';
import { handleWithFaults } from '../faults/service-faults.ts';
import { signatureError } from '../services/signed.ts';
import { tokenBucket } from '../token-bucket.ts';
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

type Done = (accept: boolean, status?: number, body?: string, headers?: Record<string, string>) => void;

/** Serves the sockets of one API: it admits clients, routes their messages, and answers `@connections` calls. */
export function createGateway(api: ApiDefinition, domainName: string, world: World) {
  const connections = new Map<string, Connection>();
  const put = gatewayFigures(world.figures, api.id);
  const rate = world.webSocket?.managementCallsPerSecond;
  const managementCalls = rate === undefined ? undefined : tokenBucket(rate, rate);
  const admissions = new WeakMap<IncomingMessage, Admission>();
  /** One promise per socket, pending until the socket has closed and its $disconnect function has run. */
  const endings = new Set<Promise<void>>();
  const turns = new Turns();
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    verifyClient: ({ req }, done) => void verify(req, done),
    handleProtocols: (_, request) => admissions.get(request)?.protocol ?? false,
  });

  const management: Management = {
    connections,
    hasStage: (name) => api.stages.has(name),
    signatureError: (request, body) => signatureError(request, body, world, 'execute-api'),
    takeCall: () => managementCalls?.take() ?? true,
    post(connection, body) {
      const { faults } = world;
      put(connection.peer.stage, 'MessageCount');
      if (faults.meet('lost', 'APIGATEWAYMANAGEMENTAPI')) return;
      const stuck = faults.meet('stuck-reader', api.id);
      if (stuck) connection.hold(stuck.until);
      connection.send(body);
    },
  };

  return {
    handleRequest(request: IncomingMessage, response: ServerResponse): void {
      const faulty = { service: 'APIGATEWAYMANAGEMENTAPI', faults: world.faults } as const;
      void handleWithFaults(faulty, request.method ?? '', request, response, () => {
        if (handleManagementCall(management, request, response)) return;
        response.writeHead(426, { connection: 'Upgrade', upgrade: 'websocket', 'content-type': 'application/json' });
        response.end('{"message":"Upgrade Required"}');
      });
    },

    handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        const admission = admissions.get(request);
        if (!admission) throw new Error('A socket was opened that nobody admitted');
        admissions.delete(request);
        const { peer } = admission;
        const take = (text: string) => void receive(connection, text);
        const connection = new Connection(peer, webSocket, socket, world.webSocket ?? {}, take);
        connections.set(peer.connectionId, connection);
        track(connection.ended.then((status) => disconnect(peer, status)));
      });
    },

    /** Ends the sockets that meet a fault. */
    cut({ how }: FaultOf<'cut'>, meets: () => boolean): void {
      for (const connection of [...connections.values()])
        if (meets()) how === 'torn' ? connection.terminate() : connection.close(goingAway);
    },

    get openSockets(): OpenSockets {
      return {
        apiId: api.id,
        connections: {
          *[Symbol.iterator]() {
            for (const [id, { peer, lastActiveAt }] of connections)
              yield { id, connectedAt: peer.connectedAt, lastActiveAt };
          },
        },
        post: (id, text) => void connections.get(id)?.send(Buffer.from(text)),
        close: (id) => void connections.get(id)?.close(goingAway),
        closeAll,
      };
    },

    async close(): Promise<void> {
      webSockets.close();
      await closeAll();
    },
  };

  async function closeAll(): Promise<void> {
    for (const connection of connections.values()) connection.close(goingAway);
    await withTimeout(STOP_TIMEOUT_MS, Promise.all(endings));
    for (const connection of connections.values()) connection.terminate();
  }

  async function verify(request: IncomingMessage, done: Done) {
    const outcome = await admit(api, domainName, request, put);
    if ('status' in outcome) {
      world.log.debug(`$connect of ${api.id} refused: ${outcome.status}`);
      return done(false, outcome.status, outcome.body, { 'Content-Type': 'application/json' });
    }
    admissions.set(request, outcome);
    done(true);
    // If the admission is still there, the socket or the stack has ended before the upgrade was complete.
    if (admissions.delete(request)) {
      track(disconnect(outcome.peer, { code: 1006, reason: 'Connection closed abnormally' }));
    }
  }

  /**
   * The messages of one socket are handled concurrently and in no guaranteed order, as on AWS. Of one that has closed, those that
   * still wait for their turn are dropped.
   */
  async function receive(connection: Connection, text: string): Promise<void> {
    const { peer } = connection;
    put(peer.stage, 'MessageCount');
    const route = api.routes.get(api.selectRouteKey(text) ?? '$default') ?? api.routes.get('$default');
    const event = messageEvent(peer, route?.key ?? '$default', text);
    const fail = ({ message }: GatewayFailure) => {
      const { connectionId, requestId } = event.requestContext;
      connection.send(Buffer.from(JSON.stringify({ message, connectionId, requestId })));
    };
    const taken = route && api.stages.get(peer.stage)?.takeRequest(route.key);
    if (!taken) {
      put(peer.stage, 'ClientError');
      return fail(route ? throttled : forbidden);
    }
    const handle = async () => {
      if (!connection.isOpen) return undefined;
      const startedAt = performance.now();
      const answer = await route.integration(event);
      put(peer.stage, 'IntegrationLatency', performance.now() - startedAt);
      if ('status' in answer && answer.status === 500) put(peer.stage, 'ExecutionError');
      else if ('status' in answer || answer.statusCode >= 400) put(peer.stage, 'IntegrationError');
      return answer;
    };
    const answer = await (route.isMock ? route.integration(event) : turns.take(connection, handle));
    if (!answer) return;
    // A failure is sent whether or not the route has a response.
    if ('status' in answer) return fail(answer);
    if (!route.returnsResponse || answer.body === '') return;
    const body = Buffer.from(answer.body);
    if (body.length > MAX_MESSAGE_BYTES) return fail(internalError);
    connection.send(body);
  }

  async function disconnect(peer: Peer, status: CloseStatus): Promise<void> {
    connections.delete(peer.connectionId);
    if (world.faults.meet('disconnect-lost', api.id)) return;
    const route = api.routes.get('$disconnect');
    // In turn with the messages, since a thousand sockets that end at once would use up Lambda's concurrency.
    if (route) await turns.take({ pause() {}, resume() {} }, () => route.integration(disconnectEvent(peer, status)));
  }

  function track(ending: Promise<void>): void {
    endings.add(ending);
    void ending.finally(() => endings.delete(ending));
  }
}
