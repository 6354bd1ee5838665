import * as z from 'zod/mini';
import { ignoring } from '../parse.ts';

/** The properties that have no local meaning: texts about, permissions, and settings for deployments, logs and metrics. */
const ignored =
  `AccessLogSettings ApiId AuthorizerCredentialsArn AutoDeploy CredentialsArn DataTraceEnabled DeploymentId Description
  DetailedMetricsEnabled IpAddressType LoggingLevel OperationName PassthroughBehavior Tags`.split(/\s+/);
const shape = <T extends z.core.$ZodLooseShape>(known: T) => ignoring(ignored, z.strictObject(known));

const text = z.string();
const optionalText = z.optional(z.string());
const templates = z.optional(z.record(text, text));
const limit = z.optional(z.number());
const routeSettings = shape({ ThrottlingRateLimit: limit, ThrottlingBurstLimit: limit });

const integration = {
  ConnectionType: z.optional(z.literal('INTERNET')),
  TimeoutInMillis: limit,
};

/** The shapes of the AWS::ApiGatewayV2 resources that this gateway implements; every other property is refused. */
export const shapes = {
  Api: shape({
    Name: text,
    ProtocolType: z.literal('WEBSOCKET'),
    RouteSelectionExpression: text,
  }),
  Route: shape({
    RouteKey: text,
    Target: text.check(z.startsWith('integrations/')),
    AuthorizationType: z.optional(z.enum(['NONE', 'CUSTOM'])),
    AuthorizerId: optionalText,
    ApiKeyRequired: z.optional(z.literal(false)),
    RouteResponseSelectionExpression: z.optional(z.literal('$default')),
  }),
  Integration: ignoring(
    ignored,
    z.discriminatedUnion('IntegrationType', [
      z.strictObject({
        ...integration,
        IntegrationType: z.literal('AWS_PROXY'),
        IntegrationUri: text,
        IntegrationMethod: z.optional(z.literal('POST')),
      }),
      z.strictObject({
        ...integration,
        IntegrationType: z.literal('MOCK'),
        IntegrationUri: z.optional(z.literal('')),
        RequestTemplates: templates,
        TemplateSelectionExpression: optionalText,
      }),
    ]),
  ),
  IntegrationResponse: shape({
    IntegrationId: text,
    IntegrationResponseKey: text,
    ResponseTemplates: templates,
    TemplateSelectionExpression: optionalText,
  }),
  RouteResponse: shape({ RouteId: text, RouteResponseKey: z.literal('$default') }),
  Authorizer: shape({
    Name: text,
    AuthorizerType: z.literal('REQUEST'),
    AuthorizerUri: text,
    AuthorizerResultTtlInSeconds: z.optional(z.literal(0)),
    IdentitySource: z.optional(z.array(text)),
  }),
  Stage: shape({
    StageName: text,
    DefaultRouteSettings: z.optional(routeSettings),
    RouteSettings: z.optional(z.record(text, routeSettings)),
    StageVariables: z.optional(z.record(text, text)),
  }),
};

export type LambdaProxyProperties = Extract<z.output<typeof shapes.Integration>, { IntegrationType: 'AWS_PROXY' }>;
export type MockProperties = Extract<z.output<typeof shapes.Integration>, { IntegrationType: 'MOCK' }>;
export type IntegrationResponseProperties = z.output<typeof shapes.IntegrationResponse>;
