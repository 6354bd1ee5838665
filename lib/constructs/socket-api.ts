import { type Duration, Stack } from 'aws-cdk-lib';
import {
  CfnApi,
  CfnIntegration,
  CfnIntegrationResponse,
  CfnRoute,
  CfnRouteResponse,
  WebSocketApi,
  WebSocketStage,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from '#lib/acknowledge.ts';
import type { Settings } from '#lib/settings.ts';
import { accessLog } from './access-log.ts';
import type { AppFunction } from './app-function.ts';
import { nameApi } from './own-names.ts';
import { grantThrottle, type StageName } from './throttle.ts';

const stageName = 'ws';

/** A line of the access log. It has no tokens and no text of messages. */
const socketLine = {
  requestId: '$context.requestId',
  time: '$context.requestTimeEpoch',
  ip: '$context.identity.sourceIp',
  connectionId: '$context.connectionId',
  eventType: '$context.eventType',
  routeKey: '$context.routeKey',
  status: '$context.status',
};

/** The WebSocket API. The gateway itself handles `ping` and `keepalive`, so they cost no invocation. */
export class SocketApi extends Construct {
  /** The host of the API. The stage is at `/ws`. */
  readonly domainName: string;
  readonly url: string;
  readonly origin: string;
  /** Where functions post to sockets. */
  get endpoint(): string {
    return `https://${this.domainName}/${stageName}`;
  }

  private readonly api: WebSocketApi;
  private readonly stage: WebSocketStage;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    const { region, urlSuffix } = Stack.of(this);
    this.api = new WebSocketApi(this, 'Api', {
      apiName: `${Stack.of(this).stackName}-socket`,
      routeSelectionExpression: '$request.body.action',
    });
    acknowledge(this, 'APIG4', 'Only $connect can have an authorizer. Later events of the socket contain its result.');
    this.stage = new WebSocketStage(this, 'Stage', {
      webSocketApi: this.api,
      stageName,
      autoDeploy: true,
      throttle: settings.webSocketThrottle,
      ...(settings.accessLogs.socket && { accessLogSettings: accessLog(this, settings, socketLine) }),
    });
    if (!settings.accessLogs.socket)
      acknowledge(
        this.stage,
        'APIG1',
        'Metrics count frames, and functions log failures. A line per frame would add only cost.',
      );
    const { domain } = settings;
    this.domainName = domain?.socket ?? `${this.api.apiId}.execute-api.${region}.${urlSuffix}`;
    this.origin = `wss://${this.domainName}`;
    this.url = `${this.origin}/${stageName}`;
    if (domain) {
      // CDK's construct has no property for it.
      const { defaultChild } = this.api.node;
      if (!(defaultChild instanceof CfnApi)) throw new Error('A WebSocket API is not what it was in CDK');
      defaultChild.disableExecuteApiEndpoint = true;
      nameApi(this, domain, 'socket', { api: this.api, stage: this.stage });
    }
    this.addPing();
    this.addMock('Keepalive', '{}');
  }

  /** Sets the function that runs when a socket opens. The function `authorizer` runs before it, and decides who may connect. */
  onConnect(fn: AppFunction, authorizer: AppFunction): void {
    this.api.addRoute('$connect', {
      integration: integration(fn),
      // There is no identity source, because a browser sends its token in the subprotocol, and other programs in a header.
      authorizer: new WebSocketLambdaAuthorizer('Authorizer', authorizer.entry, { identitySource: [] }),
    });
  }

  /** Sets the function that runs after a socket has closed. API Gateway doesn't guarantee that it is called. */
  onDisconnect(fn: AppFunction): void {
    this.api.addRoute('$disconnect', { integration: integration(fn) });
  }

  /** Sends frames with this `action` to a function, whose result is sent back on the socket. `$default` has all other frames. */
  onFrame(action: string, fn: AppFunction): void {
    this.api.addRoute(action, { integration: integration(fn), returnResponse: true });
  }

  /** As `onFrame`, but what the function returns is dropped. A frame to a client costs as much as one from it. */
  onUnansweredFrame(action: string, fn: AppFunction): void {
    this.api.addRoute(action, { integration: integration(fn) });
  }

  /** One of the metrics of API Gateway ("Monitor WebSocket API execution with CloudWatch metrics"). */
  metric(metricName: string, statistic: string, period: Duration): Metric {
    const dimensionsMap = { ApiId: this.api.apiId, Stage: stageName };
    return new Metric({ namespace: 'AWS/ApiGateway', metricName, dimensionsMap, statistic, period });
  }

  /** Lets a function post to sockets. */
  grantPost(fn: AppFunction): void {
    this.grantManage(fn, 'POST');
  }

  /** Lets a function post to sockets and close them. */
  grantClose(fn: AppFunction): void {
    this.grantManage(fn, 'POST', 'DELETE');
  }

  /** Lets a function change how many requests the stage takes. Returns which stage that is. */
  grantThrottle(fn: AppFunction): StageName {
    return grantThrottle(fn, this.api, stageName);
  }

  private grantManage(fn: AppFunction, ...methods: string[]): void {
    for (const method of methods) {
      const connections = Stack.of(this).formatArn({
        service: 'execute-api',
        resource: this.api.apiId,
        resourceName: `${stageName}/${method}/@connections/*`,
      });
      fn.addToRolePolicy(new PolicyStatement({ actions: ['execute-api:ManageConnections'], resources: [connections] }));
      acknowledgeWildcard(
        fn.role,
        connections,
        'The function may reach each socket of this API. The ids of sockets are not known before they open.',
      );
    }
    // If the default endpoint is disabled, only the API's own name is left for these calls, too.
    fn.addEnvironment('WEBSOCKET_ENDPOINT', this.endpoint);
  }

  private addPing(): void {
    const route = this.addMock('Ping', '{"type":"pong"}');
    route.routeResponseSelectionExpression = '$default';
    new CfnRouteResponse(this, 'PingRouteResponse', {
      apiId: this.api.apiId,
      routeId: route.ref,
      routeResponseKey: '$default',
    });
  }

  /**
   * Adds a route with a MOCK integration. It uses L1 constructs, because CDK's L2 route can't add a response to a MOCK
   * integration. The answer is only sent if the route has a route response.
   */
  private addMock(name: string, answer: string): CfnRoute {
    const { apiId } = this.api;
    const templateSelectionExpression = '\\$default';
    const { ref: integrationId } = new CfnIntegration(this, `${name}Integration`, {
      apiId,
      integrationType: 'MOCK',
      requestTemplates: { $default: '{"statusCode":200}' },
      templateSelectionExpression,
    });
    // A non-proxy integration needs one, also without a route response ("Set up a WebSocket API integration response in API
    // Gateway").
    new CfnIntegrationResponse(this, `${name}IntegrationResponse`, {
      apiId,
      integrationId,
      integrationResponseKey: '$default',
      responseTemplates: { $default: answer },
      templateSelectionExpression,
    });
    const target = `integrations/${integrationId}`;
    return new CfnRoute(this, `${name}Route`, { apiId, routeKey: name.toLowerCase(), target });
  }
}

function integration(fn: AppFunction): WebSocketLambdaIntegration {
  return new WebSocketLambdaIntegration(`${fn.node.id}Integration`, fn.entry);
}
