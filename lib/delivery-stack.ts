import { type App, ArnFormat, Aws, CfnOutput, Duration, Stack, Tags } from 'aws-cdk-lib';
import { CfnOIDCProvider, PolicyStatement, Role, WebIdentityPrincipal } from 'aws-cdk-lib/aws-iam';
import * as z from 'zod/mini';
import { acknowledgeWildcard } from './acknowledge.ts';

const issuer = 'token.actions.githubusercontent.com';
/** The audience for which `aws-actions/configure-aws-credentials` asks. */
const audience = 'sts.amazonaws.com';

const Context = z.object({
  repository: z
    .string('is missing: -c repository=owner/name')
    .check(z.regex(/^[\w.-]+(@\d+)?\/[\w.-]+(@\d+)?$/, 'must be owner/name, or owner@id/name@id')),
  oidcProvider: z.optional(
    z.string().check(z.regex(/^arn:aws[\w-]*:iam::\d{12}:oidc-provider\//, 'must be the ARN of a provider')),
  ),
});

/** Reads what the roles are for from the context. Throws if a value is missing or not allowed. */
export function readDelivery(context: (key: string) => unknown): z.infer<typeof Context> {
  const given = Context.safeParse(Object.fromEntries(Object.keys(Context.shape).map((key) => [key, context(key)])));
  if (!given.success) throw new Error(`The context (-c key=value) is not right.\n${z.prettifyError(given.error)}`);
  return given.data;
}

/**
 * The roles that jobs of GitHub Actions take, without a secret (docs/delivery.md, decision 0129): `diff` reads the templates of the
 * stages, `dev` and `prod` look at the state of theirs and deploy, and `leftovers` lists what there is. Each is only for jobs in the environment of its name in one repository.
 */
export class DeliveryStack extends Stack {
  constructor(app: App, id: string, { repository, oidcProvider }: z.infer<typeof Context>) {
    super(app, id, { description: 'Roles for the delivery of STORM by GitHub Actions' });
    Tags.of(this).add('app', 'storm');
    // An account has one provider for an issuer. AWS trusts GitHub's certificate by its authority, so that no thumbprint is needed
    // ("Obtain the thumbprint for an OpenID Connect identity provider").
    const provider =
      oidcProvider ??
      new CfnOIDCProvider(this, 'GitHub', { url: `https://${issuer}`, clientIdList: [audience] }).attrArn;

    const role = (environment: string) => {
      const made = new Role(this, `${environment}Role`, {
        assumedBy: new WebIdentityPrincipal(provider, {
          StringEquals: {
            [`${issuer}:aud`]: audience,
            [`${issuer}:sub`]: `repo:${repository}:environment:${environment}`,
          },
        }),
        maxSessionDuration: Duration.hours(1),
      });
      new CfnOutput(this, `${environment}RoleArn`, { value: made.roleArn });
      return made;
    };

    // The CDK's own role for this reads everything in the account, messages and files included.
    const diff = role('diff');
    const stackArn = (name: string) =>
      this.formatArn({ service: 'cloudformation', resource: 'stack', resourceName: `${name}/*` });
    const idUnknown = 'The ARN of a stack ends with an id that is not known before.';
    const stacks = ['dev', 'prod'].map((stage) => stackArn(`storm-${stage}`));
    diff.addToPolicy(
      new PolicyStatement({
        actions: ['cloudformation:DescribeStacks', 'cloudformation:GetTemplate'],
        resources: stacks,
      }),
    );
    for (const stack of stacks) acknowledgeWildcard(diff, stack, idUnknown);

    for (const stage of ['dev', 'prod']) {
      const bootstrapped = ['deploy', 'file-publishing'].map(
        (task) =>
          `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/cdk-hnb659fds-${task}-role-${Aws.ACCOUNT_ID}-${Aws.REGION}`,
      );
      const deploying = role(stage);
      deploying.addToPolicy(new PolicyStatement({ actions: ['sts:AssumeRole'], resources: bootstrapped }));
      // What `npm run preflight` asks of a stack that is there: its state, the tables in use, and whether the CDK's resources are new enough.
      const looked = [`storm-${stage}`, 'CDKToolkit'].map(stackArn);
      deploying.addToPolicy(new PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: looked }));
      for (const stack of looked) acknowledgeWildcard(deploying, stack, idUnknown);
    }
    this.allowLeftovers(role('leftovers'), ['storm-dev', 'storm-prod', 'CDKToolkit'].map(stackArn), idUnknown);
  }

  /** What `bin/leftovers/account.ts` asks. None of it reads what people wrote. */
  private allowLeftovers(role: Role, stacks: readonly string[], idUnknown: string): void {
    const allow = (reason: string, resources: readonly string[], ...actions: string[]) => {
      role.addToPolicy(new PolicyStatement({ actions, resources: [...resources] }));
      for (const resource of resources) acknowledgeWildcard(role, resource, reason);
    };
    allow(idUnknown, stacks, 'cloudformation:DescribeStacks', 'cloudformation:ListStackResources');
    allow(
      'These can only be allowed for all resources.',
      ['*'],
      'cloudwatch:DescribeAlarms',
      'dynamodb:ListTables',
      'tag:GetResources',
    );
    const named = (service: string, resource: string, name: string, more: object = {}) =>
      this.formatArn({ service, resource, resourceName: name, ...more });
    const ending = 'CloudFormation ends the names of resources with what is not known before.';
    const vaults = named('backup', 'backup-vault', 'storm-*', { arnFormat: ArnFormat.COLON_RESOURCE_NAME });
    allow(ending, [vaults], 'backup:ListRecoveryPointsByBackupVault');
    allow(ending, [`arn:${Aws.PARTITION}:s3:::storm-*`], 's3:ListBucketMultipartUploads');
    const secrets = named('secretsmanager', 'secret', '*', { arnFormat: ArnFormat.COLON_RESOURCE_NAME });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['secretsmanager:DescribeSecret'],
        resources: [secrets],
        conditions: { StringEquals: { 'aws:ResourceTag/app': 'storm' } },
      }),
    );
    acknowledgeWildcard(role, secrets, 'Those with the tag of the app.');
    role.addToPolicy(
      new PolicyStatement({
        actions: ['s3:ListBucket'],
        resources: [`arn:${Aws.PARTITION}:s3:::cdk-hnb659fds-assets-${Aws.ACCOUNT_ID}-${Aws.REGION}`],
      }),
    );
  }
}
