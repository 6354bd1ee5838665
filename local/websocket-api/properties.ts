import * as z from 'zod/mini';

const text = z.string();
const optionalText = z.optional(z.string());
const templates = z.optional(z.record(text, text));
const routeSettings = z.strictObject({
  ThrottlingRateLimit: z.optional(z.number()),
  ThrottlingBurstLimit: z.optional(z.number()),
  // Settings for logs and metrics have no local meaning.
  DataTraceEnabled: z.optional(z.boolean()),
  DetailedMetricsEnabled: z.optional(z.boolean()),
  LoggingLevel: optionalText,
});

const integration = {
  ApiId: text,
  ConnectionType: z.optional(z.literal('INTERNET')),
  PassthroughBehavior: optionalText,
  TimeoutInMillis: z.optional(z.number()),
  Description: optionalText,
};

/** The shapes of the AWS::ApiGatewayV2 resources that this gateway implements; every other property is refused. */
export const shapes = {
  Api: z.strictObject({
    Name: text,
    ProtocolType: z.literal('WEBSOCKET'),
    RouteSelectionExpression: text,
    Description: optionalText,
    IpAddressType: optionalText,
    Tags: z.optional(z.unknown()),
  }),
  Route: z.strictObject({
    ApiId: text,
    RouteKey: text,
    Target: text.check(z.startsWith('integrations/')),
    AuthorizationType: z.optional(z.enum(['NONE', 'CUSTOM'])),
    AuthorizerId: optionalText,
    ApiKeyRequired: z.optional(z.literal(false)),
    RouteResponseSelectionExpression: z.optional(z.literal('$default')),
    OperationName: optionalText,
  }),
  Integration: z.discriminatedUnion('IntegrationType', [
    z.strictObject({
      ...integration,
      IntegrationType: z.literal('AWS_PROXY'),
      IntegrationUri: text,
      IntegrationMethod: z.optional(z.literal('POST')),
      CredentialsArn: optionalText,
    }),
    z.strictObject({
      ...integration,
      IntegrationType: z.literal('MOCK'),
      IntegrationUri: z.optional(z.literal('')),
      RequestTemplates: templates,
      TemplateSelectionExpression: optionalText,
    }),
  ]),
  IntegrationResponse: z.strictObject({
    ApiId: text,
    IntegrationId: text,
    IntegrationResponseKey: text,
    ResponseTemplates: templates,
    TemplateSelectionExpression: optionalText,
  }),
  RouteResponse: z.strictObject({ ApiId: text, RouteId: text, RouteResponseKey: z.literal('$default') }),
  Authorizer: z.strictObject({
    ApiId: text,
    Name: text,
    AuthorizerType: z.literal('REQUEST'),
    AuthorizerUri: text,
    AuthorizerCredentialsArn: optionalText,
    AuthorizerResultTtlInSeconds: z.optional(z.literal(0)),
    IdentitySource: z.optional(z.array(text)),
  }),
  Stage: z.strictObject({
    ApiId: text,
    StageName: text,
    AutoDeploy: z.optional(z.boolean()),
    DeploymentId: optionalText,
    Description: optionalText,
    DefaultRouteSettings: z.optional(routeSettings),
    RouteSettings: z.optional(z.record(text, routeSettings)),
    StageVariables: z.optional(z.record(text, text)),
    AccessLogSettings: z.optional(z.unknown()),
    Tags: z.optional(z.unknown()),
  }),
};

export type LambdaProxyProperties = Extract<z.output<typeof shapes.Integration>, { IntegrationType: 'AWS_PROXY' }>;
export type MockProperties = Extract<z.output<typeof shapes.Integration>, { IntegrationType: 'MOCK' }>;
export type IntegrationResponseProperties = z.output<typeof shapes.IntegrationResponse>;
