import * as z from 'zod/mini';
import { Count, Flag } from '../parse.ts';
import { Subtype } from './service-integration.ts';

const absent = (what: string) => z.optional(z.undefined(`${what} isn't supported for HTTP APIs`));

export const ApiProperties = z.object({
  CorsConfiguration: z.optional(
    z.object({
      AllowOrigins: z._default(z.array(z.string()), []),
      AllowMethods: z._default(z.array(z.string()), []),
      AllowHeaders: z._default(z.array(z.string()), []),
      ExposeHeaders: z._default(z.array(z.string()), []),
      AllowCredentials: z._default(Flag, false),
      MaxAge: z.optional(Count),
    }),
  ),
  Body: absent('Body'),
  BodyS3Location: absent('BodyS3Location'),
  Target: absent('Target'),
});
export type Cors = NonNullable<z.output<typeof ApiProperties>['CorsConfiguration']>;

export const RouteProperties = z.object({
  RouteKey: z.string().check(z.regex(/^(\$default|[A-Z]+ \/\S*)$/)),
  Target: z.string().check(z.regex(/^integrations\//)),
  AuthorizationType: z._default(z.enum(['NONE', 'JWT', 'CUSTOM'], 'can be NONE, JWT or CUSTOM for HTTP APIs'), 'NONE'),
  AuthorizerId: z.optional(z.string()),
  AuthorizationScopes: z._default(z.array(z.string()), []),
});

export const IntegrationProperties = z.object({
  IntegrationType: z.literal('AWS_PROXY', 'only AWS_PROXY is supported for HTTP APIs'),
  IntegrationSubtype: z.optional(Subtype),
  IntegrationUri: z._default(z.string(), ''),
  PayloadFormatVersion: z._default(z.enum(['1.0', '2.0']), '1.0'),
  RequestParameters: z._default(z.record(z.string(), z.string()), {}),
  ResponseParameters: absent('ResponseParameters'),
  TimeoutInMillis: z._default(Count, 30_000),
});

const limit = z.optional(Count);
const Throttling = z.object({ ThrottlingRateLimit: limit, ThrottlingBurstLimit: limit });

export const StageProperties = z.object({
  DefaultRouteSettings: z.optional(Throttling),
  RouteSettings: z._default(z.record(z.string(), Throttling), {}),
  StageVariables: z.optional(z.record(z.string(), z.string())),
});
