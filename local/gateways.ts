import * as z from 'zod/mini';
import { handle } from './handle.ts';
import { createHttpApi, functionUrls } from './http-api/index.ts';
import { stableId } from './stable-id.ts';
import type { CreateApi, GatewayApi, Properties, Resource, ResourceHandler } from './types.ts';
import { StackError } from './types.ts';
import { createWebSocketApi } from './websocket-api/index.ts';

const OfStage = z.object({ StageName: z.string() });
const OfProtocol = z.object({ ProtocolType: z.enum(['HTTP', 'WEBSOCKET'], 'has to be HTTP or WEBSOCKET') });
const PROTOCOLS: Readonly<Record<'HTTP' | 'WEBSOCKET', { create: CreateApi; scheme: string }>> = {
  HTTP: { create: createHttpApi, scheme: 'https' },
  WEBSOCKET: { create: createWebSocketApi, scheme: 'wss' },
};

/** Returns the handlers of the API Gateway v2 types, which HTTP and WebSocket APIs share. Each part goes to the API it belongs to. */
export function gatewayHandlers(): ResourceHandler[] {
  const apis = new Map<string, GatewayApi>();
  const endpoints = new Map<string, string>();

  function apiOf({ properties }: Resource): GatewayApi {
    const { ApiId } = z.object({ ApiId: z.string() }).parse(properties);
    const api = apis.get(ApiId);
    if (!api) throw new StackError(`There is no API ${ApiId} here.`);
    return api;
  }

  /** Handles a part of an API, which `add` adds or changes. `remove` does nothing for a part that has no effect by itself. */
  const part = (
    type: string,
    add: (api: GatewayApi, id: string, properties: Properties) => void,
    remove?: (api: GatewayApi, id: string, properties: Properties) => void,
  ): ResourceHandler => ({
    types: [`AWS::ApiGatewayV2::${type}`],
    changes: true,
    async create(resource) {
      const id = stableId(resource);
      add(apiOf(resource), id, resource.properties);
      return { ref: id, attributes: { [`${type}Id`]: id } };
    },
    ...(remove && { remove: (resource) => remove(apiOf(resource), stableId(resource), resource.properties) }),
  });

  return [
    functionUrls,
    handle('AWS::ApiGatewayV2::Api', OfProtocol, async ({ ProtocolType }, world, resource) => {
      const protocol = PROTOCOLS[ProtocolType];
      const id = stableId(resource);
      const api = await protocol.create(id, resource.properties, world);
      apis.set(id, api);
      world.whenStopping(() => api.close());
      const endpoint = `${protocol.scheme}://${id}.execute-api.${world.region}.amazonaws.com`;
      endpoints.set(id, endpoint);
      return { ref: id, attributes: { ApiId: id, ApiEndpoint: endpoint } };
    }),
    part('Integration', (api, id, properties) => api.addIntegration(id, properties), noEffect),
    part('Authorizer', (api, id, properties) => api.addAuthorizer(id, properties), noEffect),
    part('Route', addRoute, (api, id) => api.removeRoute(id)),
    part('IntegrationResponse', (api, _, properties) => api.addIntegrationResponse(properties)),
    part('RouteResponse', addRouteResponse, (api, _, properties) => api.removeRouteResponse(properties)),
    part('Deployment', noEffect, noEffect),
    {
      ...handle('AWS::ApiGatewayV2::Stage', OfStage, async ({ StageName }, world, resource) => {
        const api = apiOf(resource);
        api.addStage(StageName, resource.properties);
        const path = StageName === '$default' ? '' : `/${StageName}`;
        world.stages[`${resource.stack}/${resource.logicalId}`] = world.localize(`${endpoints.get(api.id)}${path}`);
        return { ref: StageName };
      }),
      changes: true,
    },
  ];
}

const noEffect = () => {};
const addRoute = (api: GatewayApi, id: string, properties: Properties) => api.addRoute(id, properties);
const addRouteResponse = (api: GatewayApi, _: string, properties: Properties) => api.addRouteResponse(properties);
