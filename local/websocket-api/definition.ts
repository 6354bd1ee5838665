import { parseProperties } from '../parse.ts';
import { type TokenBucket, tokenBucket } from '../token-bucket.ts';
import { NeedsRestart, type Properties, StackError, type World } from '../types.ts';
import { type Authorizer, lambdaAuthorizer } from './authorizer.ts';
import { type Integration, internalError, lambdaProxy } from './integration.ts';
import { type MockIntegration, mock } from './mock.ts';
import { shapes } from './properties.ts';
import { routeSelector } from './selection.ts';

export interface Route {
  readonly key: string;
  readonly integration: Integration;
  /** Whether the gateway itself answers, without a backend. */
  readonly isMock: boolean;
  readonly authorizer: Authorizer | undefined;
  /** Whether the body of the integration's answer is sent on the socket: the route has a route response and selects it. */
  readonly returnsResponse: boolean;
}

export interface Stage {
  readonly name: string;
  readonly variables: Readonly<Record<string, string>> | undefined;
  /** Counts a request for a route. Returns false if it exceeds the stage's throttling limits. */
  takeRequest(routeKey: string): boolean;
}

/**
 * The definition of a WebSocket API, which grows as its resources are created. A part that is added again replaces the one before, also for
 * the parts that refer to it.
 */
export class ApiDefinition {
  readonly id: string;
  readonly routes = new Map<string, Route>();
  readonly stages = new Map<string, Stage>();
  readonly selectRouteKey: (message: string) => string | undefined;
  readonly #world: World;
  readonly #integrations = new Map<string, Integration>();
  readonly #mocks = new Map<string, MockIntegration>();
  readonly #authorizers = new Map<string, Authorizer>();
  /** The routes by resource id, and the ids of those that have a route response. */
  readonly #routesById = new Map<string, Route>();
  readonly #answered = new Set<string>();

  constructor(id: string, properties: Properties, world: World) {
    this.id = id;
    this.#world = world;
    this.selectRouteKey = routeSelector(id, parseProperties(shapes.Api, properties).RouteSelectionExpression);
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
    const integration = parseProperties(shapes.Integration, properties);
    if (this.#mocks.has(id)) throw new NeedsRestart('the answer of a MOCK has changed');
    if (integration.IntegrationType === 'AWS_PROXY') {
      this.#integrations.set(id, lambdaProxy(integration, this.#world));
    } else {
      const mocked = mock(integration);
      this.#mocks.set(id, mocked);
      this.#integrations.set(id, mocked.integration);
    }
  }

  addIntegrationResponse(properties: Properties): void {
    const response = parseProperties(shapes.IntegrationResponse, properties);
    const integration = this.#mocks.get(response.IntegrationId);
    if (!integration)
      throw new StackError(`Integration ${response.IntegrationId} is no MOCK: it can't have integration responses.`);
    integration.addResponse(response);
  }

  addAuthorizer(id: string, properties: Properties): void {
    this.#authorizers.set(id, lambdaAuthorizer(properties, this.#world));
  }

  addRoute(id: string, properties: Properties): void {
    const given = parseProperties(shapes.Route, properties);
    const { RouteKey, Target, AuthorizationType, AuthorizerId = '' } = given;
    const integrationId = Target.replace('integrations/', '');
    if (!this.#integrations.has(integrationId))
      throw new StackError(`Route ${RouteKey} of API ${this.id} has no integration (${Target}).`);
    const isCustom = AuthorizationType === 'CUSTOM';
    if (isCustom && (!this.#authorizers.has(AuthorizerId) || RouteKey !== '$connect')) {
      throw new StackError(
        `Route ${RouteKey} of API ${this.id}: a Lambda authorizer must exist, and only $connect can have one.`,
      );
    }
    const [integrations, authorizers] = [this.#integrations, this.#authorizers];
    const [mocks, answered] = [this.#mocks, this.#answered];
    const route: Route = {
      key: RouteKey,
      integration: async (event) => integrations.get(integrationId)?.(event) ?? internalError,
      get isMock() {
        return mocks.has(integrationId);
      },
      get authorizer() {
        return isCustom ? authorizers.get(AuthorizerId) : undefined;
      },
      get returnsResponse() {
        return given.RouteResponseSelectionExpression !== undefined && answered.has(id);
      },
    };
    this.removeRoute(id);
    this.#routesById.set(id, route);
    this.routes.set(RouteKey, route);
  }

  removeRoute(id: string): void {
    const route = this.#routesById.get(id);
    if (route && this.routes.get(route.key) === route) this.routes.delete(route.key);
    this.#routesById.delete(id);
  }

  addRouteResponse(properties: Properties): void {
    this.#answered.add(this.#routeOf(properties));
  }

  removeRouteResponse(properties: Properties): void {
    this.#answered.delete(this.#routeOf(properties));
  }

  #routeOf(properties: Properties): string {
    return parseProperties(shapes.RouteResponse, properties).RouteId;
  }

  addStage(name: string, properties: Properties): void {
    const { StageVariables, DefaultRouteSettings, RouteSettings } = parseProperties(shapes.Stage, properties);
    const buckets = new Map<string, TokenBucket | undefined>();
    const bucketOf = (routeKey: string) => {
      const settings = { ...DefaultRouteSettings, ...RouteSettings?.[routeKey] };
      const { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst } = settings;
      return rate === undefined ? undefined : tokenBucket(rate, burst ?? rate);
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
