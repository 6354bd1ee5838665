import { Stack, Validations } from 'aws-cdk-lib';
import {
  CfnIntegration,
  CfnIntegrationResponse,
  CfnRoute,
  CfnRouteResponse,
  WebSocketApi,
  type WebSocketRouteOptions,
  WebSocketStage,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import type { AppFunction } from './app-function.ts';

const stageName = 'ws';

/** The WebSocket API. `ping` is answered by the gateway itself, which costs no invocation. */
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
    this.stage = new WebSocketStage(this, 'Stage', {
      webSocketApi: this.api,
      stageName,
      autoDeploy: true,
      throttle: settings.webSocketThrottle,
    });
    Validations.of(this.stage).acknowledge({
      id: 'AwsSolutions-APIG1',
      reason: 'Functions log every frame with its outcome; a second line per frame would only cost.',
    });
    this.origin = `wss://${this.api.apiId}.execute-api.${region}.${urlSuffix}`;
    this.url = `${this.origin}/${stageName}`;
    this.addPing();
  }

  /** Who may connect is decided by `authorizer`, before `fn` runs. */
  onConnect(fn: AppFunction, authorizer: AppFunction): void {
    this.route('$connect', {
      integration: integration(fn),
      // No identity source: a browser sends its token in the subprotocol, a program in a header.
      authorizer: new WebSocketLambdaAuthorizer('Authorizer', authorizer, { identitySource: [] }),
    });
  }

  onDisconnect(fn: AppFunction): void {
    this.route('$disconnect', { integration: integration(fn) });
  }

  /** Frames with this `action` (`$default`: with any other, or none); what the function returns goes back on the socket. */
  onFrame(action: string, fn: AppFunction): void {
    this.route(action, { integration: integration(fn), returnResponse: true });
  }

  grantPost(fn: AppFunction): void {
    this.grantManage(fn, 'POST');
  }

  /** Closing sockets, and saying why before. */
  grantClose(fn: AppFunction): void {
    this.grantManage(fn, 'POST', 'DELETE');
  }

  private grantManage(fn: AppFunction, ...methods: string[]): void {
    const connections = methods.map((method) =>
      Stack.of(this).formatArn({
        service: 'execute-api',
        resource: this.api.apiId,
        resourceName: `${stageName}/${method}/@connections/*`,
      }),
    );
    fn.addToRolePolicy(new PolicyStatement({ actions: ['execute-api:ManageConnections'], resources: connections }));
    fn.addEnvironment('WEBSOCKET_ENDPOINT', this.stage.callbackUrl);
  }

  private route(key: string, options: WebSocketRouteOptions): void {
    const route = this.api.addRoute(key, options);
    Validations.of(route).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason: 'A WebSocket API authorizes $connect; every later event of the socket carries what the authorizer found.',
    });
  }

  /** By hand, because the L2 route can't give a MOCK integration its response. */
  private addPing(): void {
    const { apiId } = this.api;
    const mock = new CfnIntegration(this, 'PingIntegration', {
      apiId,
      integrationType: 'MOCK',
      requestTemplates: { $default: '{"statusCode":200}' },
      templateSelectionExpression: '\\$default',
    });
    new CfnIntegrationResponse(this, 'PingIntegrationResponse', {
      apiId,
      integrationId: mock.ref,
      integrationResponseKey: '$default',
      responseTemplates: { $default: '{"type":"pong"}' },
      templateSelectionExpression: '\\$default',
    });
    const route = new CfnRoute(this, 'PingRoute', {
      apiId,
      routeKey: 'ping',
      routeResponseSelectionExpression: '$default',
      target: `integrations/${mock.ref}`,
    });
    new CfnRouteResponse(this, 'PingRouteResponse', { apiId, routeId: route.ref, routeResponseKey: '$default' });
    Validations.of(route).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason: 'As for the other routes: $connect decides.',
    });
  }
}

function integration(fn: AppFunction): WebSocketLambdaIntegration {
  return new WebSocketLambdaIntegration(`${fn.node.id}Integration`, fn);
}
