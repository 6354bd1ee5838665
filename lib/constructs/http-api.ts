import { type Duration, Stack } from 'aws-cdk-lib';
import { HttpMethod, HttpRoute, HttpRouteKey, HttpStage, HttpApi as RawHttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import * as z from 'zod/mini';
import { acknowledge } from '#lib/acknowledge.ts';
import type { Settings } from '#lib/settings.ts';
import { accessLog } from './access-log.ts';
import type { AppFunction } from './app-function.ts';
import { nameApi } from './own-names.ts';
import { grantThrottle, type StageName } from './throttle.ts';

/** A line of the access log. It has the route and not the path, so no ids of conversations and no search terms. */
const httpLine = {
  requestId: '$context.requestId',
  time: '$context.requestTimeEpoch',
  ip: '$context.identity.sourceIp',
  routeKey: '$context.routeKey',
  status: '$context.status',
  latencyMs: '$context.responseLatency',
};

/** One permission for all routes of a function: one for each would be 50 of the 500 resources of a stack. */
const onePermission = { scopePermissionToRoute: false };

const Route = z.tuple([z.enum(HttpMethod), z.string().check(z.startsWith('/'))]);

/** So that CloudFront can forward `/api/*` with unchanged paths. */
const stageName = 'api';

/** The HTTP API. */
export class HttpApi extends Construct {
  /** The host of the API. The stage is at `/api`. */
  readonly domainName: string;
  private readonly api: RawHttpApi;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    const { region, urlSuffix } = Stack.of(this);
    const { domain } = settings;
    this.api = new RawHttpApi(this, 'Api', {
      apiName: `${Stack.of(this).stackName}-http`,
      createDefaultStage: false,
      ...(domain && { disableExecuteApiEndpoint: true }),
    });
    this.domainName = domain?.api ?? `${this.api.apiId}.execute-api.${region}.${urlSuffix}`;
    acknowledge(this.api, 'APIG4', 'Functions check the access token themselves, without any I/O (decision 0010).');
    const stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName,
      autoDeploy: true,
      throttle: settings.httpThrottle,
      ...(settings.accessLogs.http && { accessLogSettings: accessLog(this, settings, httpLine) }),
    });
    if (domain) nameApi(this, domain, 'api', { api: this.api, stage });
    if (!settings.accessLogs.http)
      acknowledge(
        stage,
        'APIG1',
        'Metrics count requests, and functions log failures. A line per request would add only cost.',
      );
  }

  /** One of the metrics of API Gateway ("Monitor HTTP API execution with CloudWatch metrics"). */
  metric(name: string, statistic: string, period: Duration): Metric {
    return this.api.metric(name, { statistic, period });
  }

  /** Lets a function change how many requests the stage takes. Returns which stage that is. */
  grantThrottle(fn: AppFunction): StageName {
    return grantThrottle(fn, this.api, stageName);
  }

  /** Sends requests that match no route to a function, which answers them with an error of the contract. */
  fallback(fn: AppFunction): void {
    const integration = new HttpLambdaIntegration('FallbackIntegration', fn.entry, onePermission);
    new HttpRoute(this.api, 'Fallback', { httpApi: this.api, routeKey: HttpRouteKey.DEFAULT, integration });
  }

  /**
   * Sends the requests of some routes, such as `GET /users/{id}`, to a function, and `HEAD` where it is `GET`: API Gateway would send
   * that to the fallback. There is no authorizer (decision 0010).
   */
  route(fn: AppFunction, ...routes: string[]): void {
    const integration = new HttpLambdaIntegration(`${fn.node.id}Integration`, fn.entry, onePermission);
    for (const route of routes) {
      const [method, path] = Route.parse(route.split(' '));
      const methods = method === HttpMethod.GET ? [method, HttpMethod.HEAD] : [method];
      this.api.addRoutes({ path, methods, integration });
    }
  }
}
