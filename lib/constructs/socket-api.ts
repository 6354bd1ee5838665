import { Stack } from 'aws-cdk-lib';
import {
  CfnIntegration,
  CfnIntegrationResponse,
  CfnRoute,
  CfnRouteResponse,
  WebSocketApi,
  WebSocketStage,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from '#lib/acknowledge.ts';
import type { Settings } from '#lib/settings.ts';
import type { AppFunction } from './app-function.ts';

const stageName = 'ws';

/** The WebSocket API. `ping` and `keepalive` end in the gateway itself, which costs no invocation. */
export class SocketApi extends Construct {
  readonly url: string;
  readonly origin: string;
  private readonly api: WebSocketApi;
  private readonly stage: WebSocketStage;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    const { region, urlSuffix } = Stack.of(this);
    this.api = new WebSocketApi(this, 'Api', {
      apiName: `${Stack.of(this).stackName}-socket`,
      routeSelectionExpression: '$request.body.action',
    });
    acknowledge(this, 'APIG4', 'Only $connect can be authorized; later events carry what its authorizer found.');
    this.stage = new WebSocketStage(this, 'Stage', {
      webSocketApi: this.api,
      stageName,
      autoDeploy: true,
      throttle: settings.webSocketThrottle,
    });
    acknowledge(
      this.stage,
      'APIG1',
      'Metrics count frames and functions log what fails; a line per frame would only cost.',
    );
    this.origin = `wss://${this.api.apiId}.execute-api.${region}.${urlSuffix}`;
    this.url = `${this.origin}/${stageName}`;
    this.addPing();
    this.addMock('Keepalive');
  }

  /** Who may connect is decided by `authorizer`, before `fn` runs. */
  onConnect(fn: AppFunction, authorizer: AppFunction): void {
    this.api.addRoute('$connect', {
      integration: integration(fn),
      // No identity source: a browser sends its token in the subprotocol, a program in a header.
      authorizer: new WebSocketLambdaAuthorizer('Authorizer', authorizer, { identitySource: [] }),
    });
  }

  onDisconnect(fn: AppFunction): void {
    this.api.addRoute('$disconnect', { integration: integration(fn) });
  }

  /** Frames with this `action` (`$default`: with any other, or none); what the function returns goes back on the socket. */
  onFrame(action: string, fn: AppFunction): void {
    this.api.addRoute(action, { integration: integration(fn), returnResponse: true });
  }

  grantPost(fn: AppFunction): void {
    this.grantManage(fn, 'POST');
  }

  /** Closing sockets, and saying why before. */
  grantClose(fn: AppFunction): void {
    this.grantManage(fn, 'POST', 'DELETE');
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
        'Any socket of this API; their ids are not known before they are open.',
      );
    }
    fn.addEnvironment('WEBSOCKET_ENDPOINT', this.stage.callbackUrl);
  }

  private addPing(): void {
    const { apiId } = this.api;
    const { integrationId, route } = this.addMock('Ping');
    new CfnIntegrationResponse(this, 'PingIntegrationResponse', {
      apiId,
      integrationId,
      integrationResponseKey: '$default',
      responseTemplates: { $default: '{"type":"pong"}' },
      templateSelectionExpression: '\\$default',
    });
    route.routeResponseSelectionExpression = '$default';
    new CfnRouteResponse(this, 'PingRouteResponse', { apiId, routeId: route.ref, routeResponseKey: '$default' });
  }

  /** A route without a backend; by hand, because the L2 route can't give a MOCK integration a response. */
  private addMock(name: string): { integrationId: string; route: CfnRoute } {
    const { apiId } = this.api;
    const { ref: integrationId } = new CfnIntegration(this, `${name}Integration`, {
      apiId,
      integrationType: 'MOCK',
      requestTemplates: { $default: '{"statusCode":200}' },
      templateSelectionExpression: '\\$default',
    });
    const target = `integrations/${integrationId}`;
    return {
      integrationId,
      route: new CfnRoute(this, `${name}Route`, { apiId, routeKey: name.toLowerCase(), target }),
    };
  }
}

function integration(fn: AppFunction): WebSocketLambdaIntegration {
  return new WebSocketLambdaIntegration(`${fn.node.id}Integration`, fn);
}
