import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';

/** Requests of one address within 5 minutes. Many people can share an address, so these are far above what one of them does. */
const limits = {
  /** To register, to log in, and whatever else is below `/api/auth`. */
  accounts: 300,
  all: 10_000,
};

/** A web ACL for CloudFront, which answers 429 to addresses above a limit. It can only be created in us-east-1. */
export class Firewall extends Construct {
  readonly webAclArn: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const visible = (metricName: string): CfnWebACL.VisibilityConfigProperty => ({
      cloudWatchMetricsEnabled: true,
      sampledRequestsEnabled: false,
      metricName,
    });
    const rule = (
      name: keyof typeof limits,
      priority: number,
      scopeDownStatement?: CfnWebACL.StatementProperty,
    ): CfnWebACL.RuleProperty => ({
      name,
      priority,
      statement: {
        rateBasedStatement: {
          aggregateKeyType: 'IP',
          evaluationWindowSec: 300,
          limit: limits[name],
          ...(scopeDownStatement && { scopeDownStatement }),
        },
      },
      action: { block: { customResponse: { responseCode: 429 } } },
      visibilityConfig: visible(name),
    });
    const { attrArn } = new CfnWebACL(this, 'WebAcl', {
      scope: 'CLOUDFRONT',
      defaultAction: { allow: {} },
      visibilityConfig: visible('firewall'),
      rules: [
        rule('accounts', 0, {
          byteMatchStatement: {
            fieldToMatch: { uriPath: {} },
            positionalConstraint: 'STARTS_WITH',
            searchString: '/api/auth/',
            textTransformations: [{ priority: 0, type: 'NORMALIZE_PATH' }],
          },
        }),
        rule('all', 1),
      ],
    });
    this.webAclArn = attrArn;
  }
}
