import { TokenBucket } from '../token-bucket.ts';
import { type Properties, StackError, type World } from '../types.ts';
import { type Authorizer, lambdaAuthorizer } from './authorizer.ts';
import { type Integration, lambdaProxy } from './integration.ts';
import { type MockIntegration, mock } from './mock.ts';
import { read, shapes } from './properties.ts';
import { routeSelector } from './selection.ts';

export interface Route {
  readonly key: string;
  readonly integration: Integration;
  /** Whether the gateway itself answers, without a backend. */
  readonly isMock: boolean;
  readonly authorizer: Authorizer | undefined;
  /** Whether the body of the integration's answer is sent on the socket: the route has a route response and selects it. */
  returnsResponse: boolean;
}

export interface Stage {
  readonly name: string;
  readonly variables: Readonly<Record<string, string>> | undefined;
  /** Counts a request for a route. Returns false if it exceeds the stage's throttling limits. */
  takeRequest(routeKey: string): boolean;
}

/** The definition of a WebSocket API, which grows as its resources are created. */
export class ApiDefinition {
  readonly id: string;
  readonly routes = new Map<string, Route>();
  readonly stages = new Map<string, Stage>();
  readonly selectRouteKey: (message: string) => string | undefined;
  readonly #world: World;
  readonly #integrations = new Map<string, Integration>();
  readonly #mocks = new Map<string, MockIntegration>();
  readonly #authorizers = new Map<string, Authorizer>();
  /** The routes with a RouteResponseSelectionExpression, by resource id. */
  readonly #twoWayRoutes = new Map<string, Route>();

  constructor(id: string, properties: Properties, world: World) {
    this.id = id;
    this.#world = world;
    const resource = `AWS::ApiGatewayV2::Api ${id}`;
    const { RouteSelectionExpression } = read(shapes.Api, resource, properties);
    this.selectRouteKey = routeSelector(resource, RouteSelectionExpression);
    world.whenReady(async () => this.#requireIntegrationResponses());
  }

  /** AWS: "Set up a WebSocket API integration response in API Gateway": a non-proxy integration needs at least one. */
  #requireIntegrationResponses(): void {
    for (const [id, mocked] of this.#mocks)
      if (!mocked.hasResponse())
        throw new StackError(
          `AWS::ApiGatewayV2::Integration ${id} of API ${this.id} is a MOCK without an integration response, which every non-proxy integration needs.`,
        );
  }

  addIntegration(id: string, properties: Properties): void {
    const integration = read(shapes.Integration, `AWS::ApiGatewayV2::Integration ${id}`, properties);
    if (integration.IntegrationType === 'AWS_PROXY') {
      this.#integrations.set(id, lambdaProxy(id, integration, this.#world));
    } else {
      const mocked = mock(id, integration);
      this.#mocks.set(id, mocked);
      this.#integrations.set(id, mocked.integration);
    }
  }

  addIntegrationResponse(properties: Properties): void {
    const response = read(shapes.IntegrationResponse, `An integration response of API ${this.id}`, properties);
    const integration = this.#mocks.get(response.IntegrationId);
    if (!integration)
      throw new StackError(`Integration ${response.IntegrationId} is no MOCK: it can't have integration responses.`);
    integration.addResponse(response);
  }

  addAuthorizer(id: string, properties: Properties): void {
    this.#authorizers.set(id, lambdaAuthorizer(id, properties, this.#world));
  }

  addRoute(id: string, properties: Properties): void {
    const {
      RouteKey,
      Target,
      AuthorizationType,
      AuthorizerId = '',
      ...more
    } = read(shapes.Route, `AWS::ApiGatewayV2::Route ${id}`, properties);
    const integrationId = Target.replace('integrations/', '');
    const integration = this.#integrations.get(integrationId);
    if (!integration) throw new StackError(`Route ${RouteKey} of API ${this.id} has no integration (${Target}).`);
    const authorizer = AuthorizationType === 'CUSTOM' ? this.#authorizers.get(AuthorizerId) : undefined;
    if (AuthorizationType === 'CUSTOM' && (!authorizer || RouteKey !== '$connect')) {
      throw new StackError(
        `Route ${RouteKey} of API ${this.id}: a Lambda authorizer must exist, and only $connect can have one.`,
      );
    }
    const isMock = this.#mocks.has(integrationId);
    const route: Route = { key: RouteKey, integration, isMock, authorizer, returnsResponse: false };
    this.routes.set(RouteKey, route);
    if (more.RouteResponseSelectionExpression) this.#twoWayRoutes.set(id, route);
  }

  addRouteResponse(properties: Properties): void {
    const { RouteId } = read(shapes.RouteResponse, `A route response of API ${this.id}`, properties);
    const route = this.#twoWayRoutes.get(RouteId);
    if (route) route.returnsResponse = true;
  }

  addStage(name: string, properties: Properties): void {
    const { StageVariables, DefaultRouteSettings, RouteSettings } = read(
      shapes.Stage,
      `AWS::ApiGatewayV2::Stage ${name}`,
      properties,
    );
    const buckets = new Map<string, TokenBucket | undefined>();
    const bucketOf = (routeKey: string) => {
      const { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst } = {
        ...DefaultRouteSettings,
        ...RouteSettings?.[routeKey],
      };
      return rate === undefined ? undefined : new TokenBucket(rate, burst ?? rate);
    };
    this.stages.set(name, {
      name,
      variables: StageVariables,
      takeRequest(routeKey) {
        if (!buckets.has(routeKey)) buckets.set(routeKey, bucketOf(routeKey));
        return buckets.get(routeKey)?.take() ?? true;
      },
    });
  }
}
