import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { operations } from '#protocol/operations.ts';
import { stageTemplate } from './synth.ts';

const { ofType, withId, functionOf } = stageTemplate('dev');

function routesOf(protocol: string) {
  const api = ofType('AWS::ApiGatewayV2::Api').find(({ properties }) => properties.ProtocolType === protocol);
  return ofType('AWS::ApiGatewayV2::Route')
    .filter(({ properties }) => properties.ApiId.Ref === api?.id)
    .map(({ id, properties }) => {
      const target = properties.Target['Fn::Join']?.[1][1];
      const integration = withId(target.Ref);
      const environment = functionOf(integration.properties.IntegrationUri)?.properties.Environment.Variables;
      return { id, key: properties.RouteKey, properties, integration, environment };
    });
}

/** The folder of the function that a route's integration names. */
function folderOf({ environment }: ReturnType<typeof routesOf>[number]): string | undefined {
  return environment?.FUNCTION;
}

describe('the HTTP API', () => {
  const routes = routesOf('HTTP');

  test('has just the routes of the contract: a new one is described in protocol/operations.ts', () => {
    const heads = Object.keys(operations)
      .filter((key) => key.startsWith('GET '))
      .map((key) => key.replace('GET', 'HEAD'));
    expect(routes.map(({ key }) => key).toSorted()).toEqual(
      ['$default', ...Object.keys(operations), ...heads].toSorted(),
    );
  });

  test.for([...new Set(routes.map(folderOf))])('sends to %s just what its handler answers', (name) => {
    const source = globSync(`lambdas/${name}/*.ts`).map((file) => readFileSync(file, 'utf8'));
    const answered = source.flatMap((text) => [...text.matchAll(/^ {2,4}'([A-Z]+ \/\S*)': /gm)].map(([, key]) => key));
    const sent = routes.filter((route) => folderOf(route) === name).map(({ key }) => key);
    expect(sent.filter((key) => !/^\$default$|^HEAD /.test(key)).toSorted()).toEqual(answered.toSorted());
  });

  test('has tokens verified by functions that have the keys', () => {
    for (const route of routes) {
      const operation = Object.entries(operations).find(([key]) => key === route.key)?.[1];
      if (!operation || 'open' in operation) continue;
      expect(route.environment, route.key).toHaveProperty('JWKS');
    }
  });

  test('lets the cheapest function say that there is no such route', () => {
    expect(routes.filter(({ key }) => key === '$default').map(folderOf)).toEqual(['token']);
  });

  test('is throttled, at the stage that CloudFront’s path names', () => {
    const stages = ofType('AWS::ApiGatewayV2::Stage').map(({ properties }) => properties);
    expect(stages.map(({ StageName }) => StageName)).toEqual(['ws', 'api']);
    for (const { DefaultRouteSettings } of stages) expect(DefaultRouteSettings.ThrottlingRateLimit).toBeGreaterThan(0);
  });
});

describe('the WebSocket API', () => {
  const routes = routesOf('WEBSOCKET');

  test('chooses by action', () => {
    expect(routes.map((route) => [route.key, folderOf(route)])).toEqual([
      ['$connect', 'connect'],
      ['$disconnect', 'disconnect'],
      ['message', 'message'],
      ['$default', 'commands'],
      ['receipts', 'receipts'],
      ['ping', undefined],
      ['keepalive', undefined],
    ]);
  });

  test('answers frames on the same socket', () => {
    for (const { id, key, properties } of routes) {
      const responses = ofType('AWS::ApiGatewayV2::RouteResponse').filter(
        (response) => response.properties.RouteId.Ref === id,
      );
      const answers = !['$connect', '$disconnect', 'receipts', 'keepalive'].includes(key);
      expect(responses.map(({ properties }) => properties.RouteResponseKey)).toEqual(answers ? ['$default'] : []);
      expect(properties.RouteResponseSelectionExpression).toBe(answers ? '$default' : undefined);
    }
  });

  test('answers a ping without a function', () => {
    const [ping] = routes.filter(({ key }) => key === 'ping');
    expect(ping?.integration.properties.IntegrationType).toBe('MOCK');
    const response = ofType('AWS::ApiGatewayV2::IntegrationResponse').find(
      ({ properties }) => properties.IntegrationId.Ref === ping?.integration.id,
    );
    expect(response?.properties).toMatchObject({ ResponseTemplates: { $default: '{"type":"pong"}' } });
  });

  test('has an integration response for each integration that is no proxy', () => {
    const responses = ofType('AWS::ApiGatewayV2::IntegrationResponse').map(
      ({ properties }) => properties.IntegrationId.Ref,
    );
    const mocks = ofType('AWS::ApiGatewayV2::Integration').filter(
      ({ properties }) => properties.IntegrationType !== 'AWS_PROXY',
    );
    expect(mocks.map(({ id }) => id).toSorted()).toEqual(responses.toSorted());
    expect(mocks).toHaveLength(2);
  });

  test('asks the authorizer at every connect, wherever the token stands', () => {
    const [connect] = routes.filter(({ key }) => key === '$connect');
    expect(connect?.properties).toMatchObject({ AuthorizationType: 'CUSTOM' });
    expect(withId(connect?.properties.AuthorizerId.Ref).properties).toMatchObject({
      AuthorizerType: 'REQUEST',
      IdentitySource: [],
    });
  });
});
