import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { foreignness, isHiddenCall, refuse } from '../access/foreign.ts';
import { functionArn } from '../functions/name.ts';
import { handle } from '../handle.ts';
import { stableId } from '../stable-id.ts';
import { listenOnStablePort } from '../stable-port.ts';
import type { CreateApi, Properties, World } from '../types.ts';
import { type HttpApi, httpApi } from './api.ts';

/** Serves an HTTP API of API Gateway on a loopback port. */
export const createHttpApi: CreateApi = (id, properties, world) =>
  serveAt(`${id}.execute-api.${world.region}.amazonaws.com`, id, properties, world);

async function serveAt(domainName: string, id: string, properties: Properties, world: World): Promise<HttpApi> {
  const { server, port } = await listenOnStablePort(join(world.dataDir, `http-${id}.port`), () => createServer());
  world.serveAt(`https://${domainName}`, `http://localhost:${port}`);
  const api = httpApi(id, domainName, properties, world, server);
  const why = ({ headers }: IncomingMessage) =>
    isHiddenCall(headers)
      ? 'Pages of other origins may not call this API.'
      : foreignness(headers, (origin) => world.pages.has(origin) || api.allowsOrigin(origin));
  server.on('request', (request, response) => {
    const refused = why(request);
    if (refused) refuse(request, response, refused);
    else void api.handle(request, response);
  });
  for (const origin of api.originsByName) world.pages.add(origin);
  return api;
}

const UrlProperties = z.object({
  TargetFunctionArn: z.string(),
  AuthType: z.enum(['NONE', 'AWS_IAM']),
  InvokeMode: z.optional(z.literal('BUFFERED', 'can be BUFFERED only')),
  Cors: z.optional(z.unknown()),
});

/** Handles URLs of functions. One is an HTTP API with a single route ("Lambda function URLs": the format of events is 2.0). */
export const functionUrls = handle('AWS::Lambda::Url', UrlProperties, async (given, world, resource) => {
  const { TargetFunctionArn, AuthType, Cors } = given;
  const id = stableId(resource);
  const domainName = `${id}.lambda-url.${world.region}.on.aws`;
  const api = await serveAt(domainName, id, { CorsConfiguration: Cors }, world);
  world.whenStopping(() => api.close());
  const limits = { PayloadFormatVersion: '2.0', TimeoutInMillis: 900_000 };
  const IntegrationUri = functionArn(TargetFunctionArn, world);
  api.addIntegration('url', { IntegrationType: 'AWS_PROXY', IntegrationUri, ...limits });
  const isSigned = AuthType === 'AWS_IAM';
  if (isSigned) api.addIamAuthorizer('url');
  const authorization = isSigned && { AuthorizationType: 'CUSTOM', AuthorizerId: 'url' };
  api.addRoute('url', { RouteKey: '$default', Target: 'integrations/url', ...authorization });
  api.addStage('$default', {});
  const attributes = { FunctionArn: TargetFunctionArn, FunctionUrl: `https://${domainName}/` };
  return { ref: TargetFunctionArn, attributes };
});
