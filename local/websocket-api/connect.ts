import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { GatewayFigure } from '../cloudwatch/api-gateway.ts';
import type { ApiDefinition } from './definition.ts';
import { connectEvent, newId, type Peer } from './events.ts';
import type { GatewayFailure } from './integration.ts';

/** Who connects, with the subprotocol that the $connect function selected, if any. */
export type Admission = Exclude<Awaited<ReturnType<typeof admit>>, { status: number }>;

/**
 * Runs the authorizer and then the $connect integration, which decide whether a client may connect. The upgrade waits for both.
 * AWS: "Manage connected users and client apps: $connect and $disconnect routes"; for subprotocols
 * "Connect to a WebSocket API with a subprotocol". A refusal has a status and a JSON body.
 */
export async function admit(api: ApiDefinition, domainName: string, request: IncomingMessage, put: GatewayFigure) {
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
  /** `figure` says where it was refused: before the integration, by it, or because it could not be called. */
  const refuse = ({ status, message }: GatewayFailure, figure: string) => {
    put(stage.name, figure);
    const { connectionId, requestId } = event.requestContext;
    return { status, body: JSON.stringify({ message, connectionId, requestId }) };
  };
  const route = api.routes.get('$connect');
  if (!route) return { peer, protocol: undefined };
  if (!stage.takeRequest('$connect')) return refuse({ status: 429, message: 'Too Many Requests' }, 'ClientError');

  const authorizer = await route.authorizer?.(event);
  if (authorizer && 'status' in authorizer)
    return refuse(authorizer, authorizer.status < 500 ? 'ClientError' : 'ExecutionError');
  const authorized = authorizer && { authorizer: authorizer.context };
  put(stage.name, 'ConnectCount');
  const answer = await route.integration({ ...event, requestContext: { ...event.requestContext, ...authorized } });
  if ('status' in answer) return refuse(answer, answer.status === 500 ? 'ExecutionError' : 'IntegrationError');
  if (answer.statusCode < 200 || answer.statusCode > 299) {
    return refuse({ status: answer.statusCode, message: STATUS_CODES[answer.statusCode] ?? '' }, 'IntegrationError');
  }
  return { peer: { ...peer, ...authorized }, protocol: answer.headers['sec-websocket-protocol'] };
}
