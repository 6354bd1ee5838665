import * as z from 'zod/mini';
import { createHttpApi, functionUrls } from './http-api/index.ts';
import { stableId } from './stable-id.ts';
import {
  type CreateApi,
  type Created,
  type GatewayApi,
  type Resource,
  type ResourceHandler,
  StackError,
} from './types.ts';
import { createWebSocketApi } from './websocket-api/index.ts';

const PROTOCOLS: Record<string, { create: CreateApi; scheme: string }> = {
  HTTP: { create: createHttpApi, scheme: 'https' },
  WEBSOCKET: { create: createWebSocketApi, scheme: 'wss' },
};

/** Returns the handlers of the API Gateway v2 types, which HTTP and WebSocket APIs share. Each part goes to the API it belongs to. */
export function gatewayHandlers(): ResourceHandler[] {
  const apis = new Map<string, GatewayApi>();

  function part(type: string, add: (api: GatewayApi, id: string, resource: Resource) => void, idAttribute?: string) {
    return handler(type, (resource) => {
      const { ApiId } = z.object({ ApiId: z.string() }).parse(resource.properties);
      const api = apis.get(ApiId);
      if (!api) throw new StackError(`There is no API ${ApiId} here.`);
      const id = stableId(resource);
      add(api, id, resource);
      return { ref: id, ...(idAttribute && { attributes: { [idAttribute]: id } }) };
    });
  }

  return [
    functionUrls,
    {
      types: ['AWS::ApiGatewayV2::Api'],
      async create(resource, world) {
        const { ProtocolType } = z.object({ ProtocolType: z.optional(z.string()) }).parse(resource.properties);
        const protocol = PROTOCOLS[ProtocolType ?? ''];
        if (!protocol) throw new StackError('An API needs a ProtocolType, HTTP or WEBSOCKET.');
        const id = stableId(resource);
        const api = await protocol.create(id, resource.properties, world);
        apis.set(id, api);
        world.whenStopping(() => api.close());
        const endpoint = `${protocol.scheme}://${id}.execute-api.${world.region}.amazonaws.com`;
        return { ref: id, attributes: { ApiId: id, ApiEndpoint: endpoint } };
      },
    },
    part('Integration', (api, id, { properties }) => api.addIntegration(id, properties), 'IntegrationId'),
    part('Authorizer', (api, id, { properties }) => api.addAuthorizer(id, properties), 'AuthorizerId'),
    part('Route', (api, id, { properties }) => api.addRoute(id, properties), 'RouteId'),
    part(
      'IntegrationResponse',
      (api, _, { properties }) => api.addIntegrationResponse(properties),
      'IntegrationResponseId',
    ),
    part('RouteResponse', (api, _, { properties }) => api.addRouteResponse(properties), 'RouteResponseId'),
    part('Deployment', () => {}, 'DeploymentId'),
    handler('Stage', ({ properties }) => {
      const { ApiId, StageName } = z.object({ ApiId: z.string(), StageName: z.string() }).parse(properties);
      const api = apis.get(ApiId);
      if (!api) throw new StackError(`There is no API ${ApiId} here.`);
      api.addStage(StageName, properties);
      return { ref: StageName };
    }),
  ];
}

const handler = (type: string, create: (resource: Resource) => Created): ResourceHandler => ({
  types: [`AWS::ApiGatewayV2::${type}`],
  create: async (resource) => create(resource),
});
