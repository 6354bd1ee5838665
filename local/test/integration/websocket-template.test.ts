import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { type GatewayApi, StackError } from '../../types.ts';
import { createWebSocketApi } from '../../websocket-api/index.ts';
import { apiProperties, functionUri, startGateway } from '../helpers/websocket-gateway.ts';

const ApiId = 'a1b2c3d4e5';
const proxy = { ApiId, IntegrationType: 'AWS_PROXY', IntegrationUri: functionUri('any') };
const mock = { ApiId, IntegrationType: 'MOCK', RequestTemplates: { $default: '{"statusCode":200}' } };
const response = {
  ApiId,
  IntegrationId: 'mock',
  IntegrationResponseKey: '$default',
  ResponseTemplates: { $default: 'x' },
};
const route = { ApiId, RouteKey: 'say', Target: 'integrations/proxy' };
const authorizer = { ApiId, Name: 'a', AuthorizerType: 'REQUEST', AuthorizerUri: functionUri('any') };
const stage = { ApiId, StageName: 'v2' };

// What the gateway can't do as AWS does it, it refuses by name rather than doing it otherwise.
const refused: [string, (api: GatewayApi) => void][] = [
  ['IntegrationType', (api) => api.addIntegration('i', { ...proxy, IntegrationType: 'HTTP_PROXY' })],
  [
    'the URI',
    (api) => api.addIntegration('i', { ...proxy, IntegrationUri: 'arn:aws:apigateway:us-east-1:sqs:path/queue' }),
  ],
  [
    'ContentHandlingStrategy',
    (api) => api.addIntegration('i', { ...proxy, ContentHandlingStrategy: 'CONVERT_TO_BINARY' }),
  ],
  ['RequestTemplates', (api) => api.addIntegration('i', { ...mock, RequestTemplates: {} })],
  ['the template', (api) => api.addIntegration('i', { ...mock, RequestTemplates: { $default: "$input.path('$.a')" } })],
  ['the template', (api) => api.addIntegration('i', { ...mock, RequestTemplates: { $default: '#set($a = 1)' } })],
  [
    'TemplateSelectionExpression',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the expression language of API Gateway
    (api) => api.addIntegration('i', { ...mock, TemplateSelectionExpression: '${request.body.a}' }),
  ],
  ['ResponseParameters', (api) => api.addIntegrationResponse({ ...response, ResponseParameters: { a: 'b' } })],
  ['ResponseTemplates', (api) => api.addIntegrationResponse({ ...response, ResponseTemplates: {} })],
  ['no MOCK', (api) => api.addIntegrationResponse({ ...response, IntegrationId: 'proxy' })],
  ['AuthorizationType', (api) => api.addRoute('r', { ...route, AuthorizationType: 'AWS_IAM' })],
  ['ApiKeyRequired', (api) => api.addRoute('r', { ...route, ApiKeyRequired: true })],
  ['Target', (api) => api.addRoute('r', { ApiId, RouteKey: 'say' })],
  ['no integration', (api) => api.addRoute('r', { ...route, Target: 'integrations/none' })],
  [
    'authorizer must exist',
    (api) => api.addRoute('r', { ...route, RouteKey: '$connect', AuthorizationType: 'CUSTOM', AuthorizerId: 'none' }),
  ],
  [
    'only \\$connect',
    (api) => api.addRoute('r', { ...route, AuthorizationType: 'CUSTOM', AuthorizerId: 'authorizer' }),
  ],
  ['RouteResponseKey', (api) => api.addRouteResponse({ ApiId, RouteId: 'r', RouteResponseKey: 'other' })],
  [
    'IdentitySource',
    (api) => api.addAuthorizer('a', { ...authorizer, IdentitySource: ['method.request.header.Auth'] }),
  ],
  ['EnableSimpleResponses', (api) => api.addAuthorizer('a', { ...authorizer, EnableSimpleResponses: true })],
  [
    'AuthorizerResultTtlInSeconds',
    (api) => api.addAuthorizer('a', { ...authorizer, AuthorizerResultTtlInSeconds: 300 }),
  ],
  ['ClientCertificateId', (api) => api.addStage('v2', { ...stage, ClientCertificateId: 'c' })],
  ['DefaultRouteSettings\\.Extra', (api) => api.addStage('v2', { ...stage, DefaultRouteSettings: { Extra: 1 } })],
];

test.each(refused)('%s', async (what, add) => {
  await using gateway = await startGateway({ routes: {} });
  gateway.api.addIntegration('proxy', proxy);
  gateway.api.addIntegration('mock', mock);
  gateway.api.addAuthorizer('authorizer', authorizer);
  expect(() => add(gateway.api)).toThrow(StackError);
  expect(() => add(gateway.api)).toThrow(new RegExp(what));
});

test('a MOCK integration without an integration response is refused when everything is there', async () => {
  await using gateway = await startGateway({ routes: {} });
  gateway.api.addIntegration('mock', mock);
  await expect(gateway.world.ready()).rejects.toThrow(/Integration mock.*without an integration response/);
  gateway.api.addIntegrationResponse(response);
  await gateway.world.ready();
});

test('a route selection expression of more than one variable is refused', async () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the expression language of API Gateway
  const starting = startGateway({ routes: {}, selection: '${request.body.a}-${request.body.b}' });
  await expect(starting).rejects.toThrow(/Api a1b2c3d4e5.*RouteSelectionExpression/);
});

test('an API has the same port after a restart, or another when that is taken', async () => {
  await using gateway = await startGateway({ routes: {} });
  const { port } = new URL(gateway.httpUrl);
  const portAfterRestart = async () => {
    const urls: string[] = [];
    const world = { ...gateway.world, serveAt: (_: string, localUrl: string) => urls.push(localUrl) };
    const api = await createWebSocketApi(ApiId, apiProperties(), world);
    await api.close();
    return new URL(urls[0] ?? '').port;
  };
  await gateway.api.close();
  expect(await portAfterRestart()).toBe(port);
  const other = createServer().listen(Number(port), '127.0.0.1');
  await once(other, 'listening');
  expect(await portAfterRestart()).not.toBe(port);
  other.close();
});
