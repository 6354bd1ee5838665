import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { commonLogTime } from '../parse.ts';

/** The client of a socket. `authorizer` is the context that the authorizer returned; every later event has it. */
export interface Peer {
  readonly connectionId: string;
  readonly stage: string;
  readonly stageVariables?: Readonly<Record<string, string>>;
  readonly domainName: string;
  readonly apiId: string;
  /** Milliseconds since 1970. */
  readonly connectedAt: number;
  readonly identity: { readonly sourceIp: string; readonly userAgent?: string };
  readonly authorizer?: Readonly<Record<string, string>>;
}

/** The close code and reason of a connection. */
export interface CloseStatus {
  readonly code: number;
  readonly reason: string;
}

export type RequestContext = ReturnType<typeof requestContext<string, object>>;
export type ConnectEvent = ReturnType<typeof connectEvent>;

/** Makes a `connectionId`, `requestId` or `messageId`, which all look like `L0SM9cOFvHcCIhw=`. */
export function newId(): string {
  return `${randomBytes(11).toString('base64url')}=`;
}

export const idPattern = /^[\w-]{15}=$/;

/** AWS: "WebSocket API mapping template reference for API Gateway" (the `$context` variables). */
function requestContext<Type extends string, More extends object>(peer: Peer, key: string, type: Type, more: More) {
  const { stageVariables: _, ...rest } = peer;
  const now = Date.now();
  const requestId = newId();
  const about = { routeKey: key, eventType: type, messageDirection: 'IN', requestId, extendedRequestId: requestId };
  return { ...about, requestTime: commonLogTime(now), requestTimeEpoch: now, ...rest, ...more };
}

/** Returns the $connect event. With `type` and `methodArn` added, it is also the authorizer's event. */
export function connectEvent(peer: Peer, request: IncomingMessage) {
  const context = requestContext(peer, '$connect', 'CONNECT', {});
  const given = { ...headersOf(request, peer.domainName), ...queryOf(request), ...stageVariablesOf(peer) };
  return { ...given, requestContext: context, isBase64Encoded: false };
}

export function messageEvent(peer: Peer, routeKey: string, body: string) {
  const context = requestContext(peer, routeKey, 'MESSAGE', { messageId: newId() });
  return { ...stageVariablesOf(peer), requestContext: context, body, isBase64Encoded: false };
}

export function disconnectEvent(peer: Peer, status: CloseStatus) {
  const headers = { Host: peer.domainName, 'x-api-key': '', 'X-Forwarded-For': '', 'x-restapi': '' };
  const close = { disconnectStatusCode: status.code, disconnectReason: status.reason };
  return {
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    ...stageVariablesOf(peer),
    requestContext: requestContext(peer, '$disconnect', 'DISCONNECT', close),
    isBase64Encoded: false,
  };
}

/** Header names keep the client's spelling. If a header is repeated, `headers` has its last value. The host is that of AWS. */
function headersOf(request: IncomingMessage, host: string) {
  const multi: Record<string, string[]> = {};
  const add = (name: string, value: string) => {
    multi[name] = [...(multi[name] ?? []), value];
  };
  for (let i = 0; i + 1 < request.rawHeaders.length; i += 2) {
    const name = request.rawHeaders[i] ?? '';
    add(name, name.toLowerCase() === 'host' ? host : (request.rawHeaders[i + 1] ?? ''));
  }
  add('X-Forwarded-For', request.socket.remoteAddress ?? '');
  add('X-Forwarded-Port', '443');
  add('X-Forwarded-Proto', 'https');
  return { headers: lastValues(multi), multiValueHeaders: multi };
}

function queryOf(request: IncomingMessage) {
  const query = new URLSearchParams(request.url?.split('?')[1]);
  if (query.size === 0) return {};
  const multi = Object.fromEntries([...query.keys()].map((name) => [name, query.getAll(name)]));
  return { queryStringParameters: lastValues(multi), multiValueQueryStringParameters: multi };
}

function lastValues(multi: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  return Object.fromEntries(Object.entries(multi).map(([name, values]) => [name, values.at(-1) ?? '']));
}

function stageVariablesOf(peer: Peer) {
  return peer.stageVariables ? { stageVariables: peer.stageVariables } : {};
}
