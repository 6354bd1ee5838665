import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { foreignness, programsOnly, refuse } from '../access/foreign.ts';
import { listenOnStablePort } from '../stable-port.ts';
import type { ServiceName, World } from '../types.ts';

/** What services are called in signatures. Calls of `execute-api` need the address of their API. */
const signingNames: Readonly<Record<Exclude<ServiceName, 'DYNAMODB_STREAMS' | 'APIGATEWAYMANAGEMENTAPI'>, string>> = {
  DYNAMODB: 'dynamodb',
  S3: 's3',
  SNS: 'sns',
  SQS: 'sqs',
  SECRETS_MANAGER: 'secretsmanager',
  SESV2: 'ses',
  SSM: 'ssm',
  LAMBDA: 'lambda',
};

/**
 * Serves all services at one address, for the `aws` command and programs outside of the stack (`AWS_ENDPOINT_URL`): the signature of a
 * call says which service it is for. The port stays the same over restarts, if it is free. Returns the address.
 */
export async function serveAllServices(services: readonly ServiceName[], world: World): Promise<string> {
  const endpoints = new Map<string, string>();
  for (const [name, signingName] of Object.entries(signingNames) as [keyof typeof signingNames, string][])
    if (services.includes(name)) endpoints.set(signingName, await world.endpoint(name));
  const { server, port } = await listenOnStablePort(join(world.dataDir, 'services.port'));
  const handle: RequestListener = (request, response) => {
    const why = foreignness(request.headers, programsOnly);
    if (why) return refuse(request, response, why);
    const service = serviceOf(request);
    const endpoint = endpoints.get(service);
    if (endpoint) return void passOn(request, response, endpoint);
    const message = service
      ? `The local stack does not run the service ${service}, or the app doesn't use it.`
      : 'A call needs a signature, which says for which service it is.';
    response.writeHead(service ? 501 : 403, { 'content-type': 'application/json' }).end(JSON.stringify({ message }));
    request.resume();
  };
  server.on('request', handle);
  world.whenStopping(async () => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${port}`;
}

/** The service in the credential scope of a signature: `key/date/region/service/aws4_request`. */
function serviceOf({ headers, url = '' }: IncomingMessage): string {
  const credential =
    /Credential=([^,\s]+)/.exec(headers.authorization ?? '')?.[1] ??
    new URLSearchParams(url.split('?', 2)[1]).get('X-Amz-Credential');
  return credential?.split('/')[3] ?? '';
}

/** The host is part of the signature, so it is passed on as it came. */
async function passOn(request: IncomingMessage, response: ServerResponse, endpoint: string): Promise<void> {
  const { method, url, headers } = request;
  const onward = httpRequest(`${endpoint}${url}`, { method, headers });
  onward.once('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    pipeline(answer, response).catch(() => response.destroy());
  });
  onward.once('error', () => response.destroy());
  response.once('close', () => onward.destroy());
  await pipeline(request, onward).catch(() => undefined);
}
