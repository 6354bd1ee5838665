import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { commonLogTime } from '../parse.ts';
import type { Match, Route } from './router.ts';

export interface RequestFacts {
  readonly request: IncomingMessage;
  readonly body: Buffer;
  /** The decoded path, including the stage. */
  readonly path: string;
  readonly query: string;
  readonly match: Match<Route>;
  readonly stage: { readonly name: string; readonly variables: Record<string, string> | undefined };
  readonly api: { readonly apiId: string; readonly accountId: string; readonly domainName: string };
}

/**
 * The content types whose bodies are passed as text; all others are passed in base64. AWS documents no list, so this one is observed. Nor
 * does it say what becomes of a text that isn't UTF-8: in base64 nothing of it is lost.
 */
const TEXT = /^(text\/|application\/(json|xml|javascript)\s*(;|$))/i;

/** Returns the event for the function. Source: AWS, "Create AWS Lambda proxy integrations for HTTP APIs in API Gateway" (format 2.0). */
export function proxyEvent({ request, body, path, query, match, stage, api }: RequestFacts): APIGatewayProxyEventV2 {
  const { pathParameters } = match;
  const { routeKey } = match.route;
  const { cookie, ...headers } = joined(request.headers);
  const sourceIp = request.socket.remoteAddress?.replace('::ffff:', '') ?? '';
  const isText = TEXT.test(headers['content-type'] ?? '') && isUtf8(body);
  const timeEpoch = Date.now();
  const userAgent = headers['user-agent'] ?? '';
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: query,
    ...(cookie && { cookies: cookie.split(/;\s*/) }),
    headers: {
      ...headers,
      host: api.domainName,
      'x-forwarded-for': headers['x-forwarded-for'] ? `${headers['x-forwarded-for']}, ${sourceIp}` : sourceIp,
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
    ...(query && { queryStringParameters: queryParameters(query) }),
    ...(Object.keys(pathParameters).length && { pathParameters }),
    ...(stage.variables && { stageVariables: stage.variables }),
    requestContext: {
      ...api,
      domainPrefix: api.domainName.split('.')[0] ?? '',
      http: { method: request.method ?? '', path, protocol: `HTTP/${request.httpVersion}`, sourceIp, userAgent },
      requestId: randomUUID(),
      routeKey,
      stage: stage.name,
      time: commonLogTime(timeEpoch),
      timeEpoch,
    },
    ...(body.length && { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

function joined(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(',')]));
}

function queryParameters(query: string): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    parameters[name] = name in parameters ? `${parameters[name]},${value}` : value;
  }
  return parameters;
}
