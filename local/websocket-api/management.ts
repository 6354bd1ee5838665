import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { decoded } from '../parse.ts';
import type { ServiceError } from '../services/error.ts';
import type { Connection } from './connection.ts';
import { idPattern } from './events.ts';
import { MAX_MESSAGE_BYTES } from './frames.ts';

/** The parts of an API that `@connections` calls use. */
export interface Management {
  readonly connections: ReadonlyMap<string, Connection>;
  hasStage(name: string): boolean;
  /** Returns an error for a call that isn't signed. */
  signatureError(request: IncomingMessage, body: Buffer): ServiceError | undefined;
  /** Counts a call. Returns false if it exceeds the rate limit. */
  takeCall(): boolean;
  /** Sends a message to a socket, and counts it. */
  post(connection: Connection, body: Buffer): void;
}

/**
 * Answers `POST`, `GET` and `DELETE /stage/@connections/ID`. Returns false for any other path. POST is the hot path of fan-out.
 * AWS: "Use @connections commands in your backend service"; errors as in the "ApiGatewayManagementApi" API reference.
 */
export function handleManagementCall(api: Management, request: IncomingMessage, response: ServerResponse): boolean {
  const [, stage = '', encodedId] = /^\/([^/?]+)\/(?:@|%40)connections\/([^/?]+)$/.exec(request.url ?? '') ?? [];
  if (encodedId === undefined) return false;
  readBody(request, (body) => {
    const id = decoded(encodedId);
    const connection = api.connections.get(id);
    const fault = body && api.signatureError(request, body);
    if (fault) fail(response, 403, fault.code, fault.message);
    else if (!api.hasStage(stage)) fail(response, 403, 'ForbiddenException', 'Forbidden');
    else if (!api.takeCall()) fail(response, 429, 'LimitExceededException', 'Too Many Requests');
    else if (!idPattern.test(id)) fail(response, 400, 'BadRequestException', `Invalid connectionId: ${id}`);
    else if (!body) fail(response, 413, 'PayloadTooLargeException', 'Message too long');
    else if (!connection?.isOpen || connection.peer.stage !== stage) fail(response, 410, 'GoneException', 'Gone');
    else perform(api, connection, request.method, body, response);
  });
  return true;
}

function perform(api: Management, to: Connection, method = '', body: Buffer, response: ServerResponse) {
  if (method === 'POST') {
    api.post(to, body);
    answer(response, 200);
  } else if (method === 'GET') {
    const { connectedAt, identity } = to.peer;
    const [connected, lastActive] = [connectedAt, to.lastActiveAt].map((time) => new Date(time).toISOString());
    answer(response, 200, JSON.stringify({ connectedAt: connected, identity, lastActiveAt: lastActive }));
  } else if (method === 'DELETE') {
    to.close({ code: 1000, reason: 'Connection Closed Normally' });
    answer(response, 204);
  } else fail(response, 403, 'ForbiddenException', 'Forbidden');
}

/** Calls `done` with the body, or with undefined if it is larger than 128 KB. */
function readBody(request: IncomingMessage, done: (body: Buffer | undefined) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MAX_MESSAGE_BYTES) chunks.push(chunk);
  });
  request.on('end', () => {
    if (bytes > MAX_MESSAGE_BYTES) done(undefined);
    else done(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
  });
}

/** Answers with an error. The SDK derives its exception from the header `x-amzn-errortype`. */
function fail(response: ServerResponse, status: number, type: string, message: string): void {
  answer(response, status, JSON.stringify({ message }), { 'x-amzn-errortype': type });
}

function answer(response: ServerResponse, status: number, body = '', headers: Record<string, string> = {}): void {
  const about = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, { ...about, 'x-amzn-requestid': randomUUID(), ...headers });
  response.end(body);
}
