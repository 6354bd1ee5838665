import * as z from 'zod/mini';
import { Count, Flag } from '../parse.ts';

const none = (what: string) => z.optional(z.array(z.unknown()).check(z.length(0, `${what} aren't supported`)));

const Behavior = z.object({
  TargetOriginId: z.string(),
  AllowedMethods: z._default(z.array(z.string()), ['GET', 'HEAD']),
  CachePolicyId: z.optional(z.string()),
  OriginRequestPolicyId: z.optional(z.string()),
  ResponseHeadersPolicyId: z.optional(z.string()),
  ForwardedValues: z.optional(z.undefined("ForwardedValues aren't supported: use policies")),
  FunctionAssociations: none('CloudFront Functions'),
  LambdaFunctionAssociations: none('Lambda@Edge functions'),
  TrustedKeyGroups: z._default(z.array(z.string()), []),
  TrustedSigners: none('trusted signers'),
});
export type Behavior = z.output<typeof Behavior>;

const Origin = z.object({
  Id: z.string(),
  DomainName: z.string(),
  OriginPath: z._default(z.string(), ''),
  OriginAccessControlId: z._default(z.string(), ''),
  S3OriginConfig: z.optional(z.unknown()),
  OriginCustomHeaders: z._default(z.array(z.object({ HeaderName: z.string(), HeaderValue: z.string() })), []),
});
export type Origin = z.output<typeof Origin>;

const CustomError = z.object({
  ErrorCode: Count,
  ResponseCode: z.optional(Count),
  ResponsePagePath: z.optional(z.string()),
  /** Seconds. */
  ErrorCachingMinTTL: z.optional(Count),
});

export const DistributionProperties = z.object({
  DistributionConfig: z.object({
    Aliases: z._default(z.array(z.string()), []),
    DefaultRootObject: z._default(z.string(), ''),
    Origins: z.array(Origin),
    OriginGroups: z.optional(z.object({ Quantity: z.literal(0, "origin groups aren't supported") })),
    DefaultCacheBehavior: Behavior,
    CacheBehaviors: z._default(z.array(z.extend(Behavior, { PathPattern: z.string() })), []),
    CustomErrorResponses: z._default(z.array(CustomError), []),
  }),
});
export type DistributionConfig = z.output<typeof DistributionProperties>['DistributionConfig'];

const Override = { Override: z._default(Flag, false) };

const off = z._default(Flag, false);
const Hsts = z.object({ AccessControlMaxAgeSec: Count, IncludeSubdomains: off, Preload: off, ...Override });
const CustomHeader = z.object({ Header: z.string(), Value: z.string(), ...Override });
const Names = z.object({ Items: z.array(z.string()) });

const Cors = z.object({
  AccessControlAllowCredentials: Flag,
  AccessControlAllowOrigins: Names,
  AccessControlExposeHeaders: z.optional(Names),
  OriginOverride: Flag,
});

export const HeadersPolicyProperties = z.object({
  ResponseHeadersPolicyConfig: z.object({
    SecurityHeadersConfig: z._default(
      z.object({
        ContentSecurityPolicy: z.optional(z.object({ ContentSecurityPolicy: z.string(), ...Override })),
        ContentTypeOptions: z.optional(z.object(Override)),
        FrameOptions: z.optional(z.object({ FrameOption: z.string(), ...Override })),
        ReferrerPolicy: z.optional(z.object({ ReferrerPolicy: z.string(), ...Override })),
        StrictTransportSecurity: z.optional(Hsts),
        XSSProtection: z.optional(z.object({ Protection: off, ModeBlock: off, ...Override })),
      }),
      {},
    ),
    CustomHeadersConfig: z._default(z.object({ Items: z.array(CustomHeader) }), { Items: [] }),
    RemoveHeadersConfig: z._default(z.object({ Items: z.array(z.object({ Header: z.string() })) }), { Items: [] }),
    CorsConfig: z.optional(Cors),
  }),
});
export type HeadersPolicyConfig = z.output<typeof HeadersPolicyProperties>['ResponseHeadersPolicyConfig'];
