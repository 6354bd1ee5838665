import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { ApiDefinition } from './definition.ts';
import { connectEvent, newId, type Peer } from './events.ts';
import type { GatewayFailure } from './integration.ts';

/** The upgrade is allowed. */
export interface Admission {
  readonly peer: Peer;
  /** The subprotocol that the $connect function selected, if any. */
  readonly protocol: string | undefined;
}

/** The upgrade is refused with this status and JSON body. */
export interface Refusal {
  readonly status: number;
  readonly body: string;
}

/**
 * Runs the authorizer and then the $connect integration, which decide whether a client may connect. The upgrade waits for both.
 * AWS: "Manage connected users and client apps: $connect and $disconnect routes"; for subprotocols
 * "Connect to a WebSocket API with a subprotocol".
 */
export async function admit(
  api: ApiDefinition,
  domainName: string,
  request: IncomingMessage,
): Promise<Admission | Refusal> {
  const stage = api.stages.get(/^\/([^/?]+)(?:\?|$)/.exec(request.url ?? '')?.[1] ?? '');
  if (!stage) return { status: 403, body: JSON.stringify({ message: 'Forbidden' }) };
  const userAgent = request.headers['user-agent'];
  const peer: Peer = {
    connectionId: newId(),
    stage: stage.name,
    ...(stage.variables && { stageVariables: stage.variables }),
    domainName,
    apiId: api.id,
    connectedAt: Date.now(),
    identity: { sourceIp: request.socket.remoteAddress ?? '', ...(userAgent && { userAgent }) },
  };
  const event = connectEvent(peer, request);
  const refuse = ({ status, message }: GatewayFailure): Refusal => {
    const { connectionId, requestId } = event.requestContext;
    return { status, body: JSON.stringify({ message, connectionId, requestId }) };
  };
  const route = api.routes.get('$connect');
  if (!route) return { peer, protocol: undefined };
  if (!stage.takeRequest('$connect')) return refuse({ status: 429, message: 'Too Many Requests' });

  const authorizer = await route.authorizer?.(event);
  if (authorizer && 'status' in authorizer) return refuse(authorizer);
  const authorized = authorizer && { authorizer: authorizer.context };
  const answer = await route.integration({ ...event, requestContext: { ...event.requestContext, ...authorized } });
  if ('status' in answer) return refuse(answer);
  if (answer.statusCode < 200 || answer.statusCode > 299) {
    return refuse({ status: answer.statusCode, message: STATUS_CODES[answer.statusCode] ?? '' });
  }
  return { peer: { ...peer, ...authorized }, protocol: answer.headers['sec-websocket-protocol'] };
}
