import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { foreignness, isHiddenCall, refuse } from '../access/foreign.ts';
import { functionArn } from '../functions/name.ts';
import { parseProperties } from '../parse.ts';
import { stableId } from '../stable-id.ts';
import { listenOnStablePort } from '../stable-port.ts';
import type { CreateApi, Properties, ResourceHandler, World } from '../types.ts';
import { HttpApi } from './api.ts';

/** Serves an HTTP API of API Gateway on a loopback port. */
export const createHttpApi: CreateApi = (id, properties, world) =>
  serveAt(`${id}.execute-api.${world.region}.amazonaws.com`, id, properties, world);

async function serveAt(domainName: string, id: string, properties: Properties, world: World): Promise<HttpApi> {
  const { server, port } = await listenOnStablePort(join(world.dataDir, `http-${id}.port`), () => createServer());
  world.serveAt(`https://${domainName}`, `http://localhost:${port}`);
  const api = new HttpApi(id, domainName, properties, world, server);
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
  AuthType: z.literal('NONE', 'can be NONE only: signatures of calls are not checked here'),
  InvokeMode: z.optional(z.literal('BUFFERED', 'can be BUFFERED only')),
  Cors: z.optional(z.unknown()),
});

/** Handles URLs of functions. One is an HTTP API with a single route ("Lambda function URLs": the format of events is 2.0). */
export const functionUrls: ResourceHandler = {
  types: ['AWS::Lambda::Url'],
  async create(resource, world) {
    const { TargetFunctionArn, Cors } = parseProperties(UrlProperties, resource.properties);
    const id = stableId(resource);
    const domainName = `${id}.lambda-url.${world.region}.on.aws`;
    const api = await serveAt(domainName, id, { CorsConfiguration: Cors }, world);
    world.whenStopping(() => api.close());
    api.addIntegration('url', {
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: functionArn(TargetFunctionArn, world),
      PayloadFormatVersion: '2.0',
      TimeoutInMillis: 900_000,
    });
    api.addRoute('url', { RouteKey: '$default', Target: 'integrations/url' });
    api.addStage('$default', {});
    return {
      ref: TargetFunctionArn,
      attributes: { FunctionArn: TargetFunctionArn, FunctionUrl: `https://${domainName}/` },
    };
  },
};
