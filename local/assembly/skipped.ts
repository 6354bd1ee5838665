import type { Created, Resource } from '../types.ts';

/** What functions may be in, of EC2. */
const ofNetworks =
  `CustomerGateway EIP EgressOnlyInternetGateway FlowLog GatewayRouteTableAssociation InternetGateway NatGateway
  NetworkAcl NetworkAclEntry PrefixList Route RouteTable SecurityGroup
  SecurityGroupEgress SecurityGroupIngress Subnet SubnetNetworkAclAssociation SubnetRouteTableAssociation VPC
  VPCCidrBlock VPCEndpoint VPCGatewayAttachment`.split(/\s+/);

/** The types and services (with `::` at the end) whose resources do nothing that a running app would notice. */
const NO_LOCAL_MEANING = [
  'AWS::ApiGateway::Account',
  'AWS::ApplicationAutoScaling::',
  'AWS::CDK::Metadata',
  'AWS::CloudFormation::WaitConditionHandle',
  'AWS::CloudFront::OriginAccessControl',
  'AWS::CodeDeploy::',
  ...ofNetworks.map((name) => `AWS::EC2::${name}`),
  'AWS::Events::EventBusPolicy',
  'AWS::IAM::',
  'AWS::KMS::',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::Logs::LogStream',
  'AWS::Logs::QueryDefinition',
  'AWS::Logs::ResourcePolicy',
  'AWS::ResourceGroups::',
  'AWS::S3::BucketPolicy',
  'AWS::SecretsManager::ResourcePolicy',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  // What the CDK adds for the deletion of a stack, or for CloudWatch.
  'Custom::CloudwatchLogResourcePolicy',
  'Custom::LogRetention',
  'Custom::S3AutoDeleteObjects',
];

/** Those that do something on AWS, and what of it won't happen here. */
const NOT_RUN: Readonly<Record<string, string>> = {
  'AWS::ApiGatewayV2::ApiMapping': 'APIs have no names of their own',
  'AWS::ApiGatewayV2::DomainName': 'APIs have no names of their own',
  'AWS::ApplicationInsights::': 'nothing is watched',
  'AWS::ApplicationSignals::': 'nothing is watched',
  'AWS::Backup::': 'no copies are made',
  'AWS::Budgets::': 'nobody is told of costs',
  'AWS::CE::': 'nobody is told of costs',
  'AWS::CertificateManager::': 'there is no TLS',
  'AWS::Chatbot::': 'no chat is told',
  'AWS::CloudTrail::': 'calls are not recorded',
  'AWS::CloudWatch::AlarmMuteRule': 'alarms are not muted',
  'AWS::CloudWatch::AnomalyDetector': 'nothing is watched for what is unusual',
  'AWS::CloudWatch::InsightRule': 'logs are not evaluated',
  'AWS::CloudWatch::MetricStream': 'metrics go nowhere',
  'AWS::DLM::': 'no copies are made',
  'AWS::FIS::': 'no experiments are run',
  'AWS::Logs::': 'logs are not filtered or sent on',
  'AWS::Route53::': 'there are no names',
  'AWS::SSM::': 'nothing is managed',
  'AWS::Synthetics::': 'nothing is probed',
  'AWS::WAFv2::': 'no request is filtered',
  'AWS::XRay::': 'nothing is traced',
};

const covers = (known: string, type: string) => (known.endsWith('::') ? type.startsWith(known) : type === known);

/** What won't happen here of a type that isn't run. Nothing for a type without local meaning, or that nobody knows. */
export const notRun = (type: string): string | undefined =>
  hasNoLocalMeaning(type) ? undefined : Object.entries(NOT_RUN).find(([known]) => covers(known, type))?.[1];

export const hasNoLocalMeaning = (type: string): boolean => NO_LOCAL_MEANING.some((known) => covers(known, type));

/** The two lists of what was skipped, with a line for each service. */
export function skippedLines(skipped: readonly Pick<Resource, 'type'>[]): string[] {
  const parts = Object.groupBy(skipped, ({ type }) => (notRun(type) === undefined ? 'meaningless' : 'idle'));
  const service = (type: string) => type.split('::')[1] ?? type;
  const lines = (some: readonly Pick<Resource, 'type'>[], why: (type: string) => string) =>
    [...Map.groupBy(some, ({ type }) => service(type))]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, all]) => `    ${name} (${all.length})${why(all[0]?.type ?? '')}`);
  const { meaningless = [], idle = [] } = parts;
  return [
    ...(meaningless.length ? ['  Without local meaning:', ...lines(meaningless, () => '')] : []),
    ...(idle.length ? ['  Not run here:', ...lines(idle, (type) => `: ${notRun(type)}`)] : []),
  ];
}

/** Why apps of these services are refused. */
const REFUSALS: Readonly<Record<string, string>> = {
  ApiGateway: 'REST APIs are not run here, only HTTP and WebSocket APIs',
  AppSync: 'AppSync is not run here, only HTTP and WebSocket APIs',
  Cognito: 'there are no user pools here',
  Kinesis: 'there are no streams of Kinesis here, only those of DynamoDB',
  Pipes: 'pipes are not run here, only event source mappings and rules',
  StepFunctions: 'state machines are not run here',
};

/** One line for each service of which there are resources that can't be run. */
export function refusal(unknown: readonly Pick<Resource, 'stack' | 'logicalId' | 'type'>[]): string {
  const services = Map.groupBy(unknown, ({ type }) =>
    type
      .split('::')
      .slice(0, type.startsWith('AWS::') ? 2 : 3)
      .join('::'),
  );
  const lines = [...services].map(([service, all]) => {
    const why = REFUSALS[service.replace('AWS::', '')];
    const kinds = [...new Set(all.map(({ type }) => type.slice(service.length + 2)))].filter(Boolean).join(', ');
    const first = all[0] ? `${all[0].stack}/${all[0].logicalId}` : '';
    const where = all.length > 1 ? `${first} and ${all.length - 1} more` : first;
    return `  ${service}${kinds && `::${kinds}`} (${where})${why ? `: ${why}` : ''}`;
  });
  return `The local stack can't run these resources:\n${lines.join('\n')}`;
}

/** The types whose `Ref` is an ARN. */
const REF_IS_ARN = /^AWS::(IAM::ManagedPolicy|Backup::BackupPlan|CertificateManager::Certificate)$/;

/** Returns the name that the template gives (`FunctionName`, `Name`), or else one that is the same after every restart. */
export function physicalName({ stack, logicalId, type, properties }: Resource): string {
  const explicit = properties[`${type.split('::')[2]}Name`] ?? properties['Name'];
  return typeof explicit === 'string' ? explicit : `${stack}-${logicalId}`;
}

/** Returns a plausible `Ref` and attributes (a name and an ARN), because other resources may refer to a skipped one. */
export function placeholder(resource: Resource, account: string, region: string): Created {
  const service = resource.type.split('::')[1]?.toLowerCase() ?? '';
  const name = physicalName(resource);
  const arn = `arn:aws:${service}:${service === 'iam' ? '' : region}:${account}:${name}`;
  const valueNamed = (attribute: string) => resource.properties[attribute] ?? (attribute.endsWith('Arn') ? arn : name);
  const get = (_: unknown, attribute: string | symbol) => valueNamed(String(attribute));
  const attributes = new Proxy<Record<string, unknown>>({}, { has: () => true, get });
  return { ref: REF_IS_ARN.test(resource.type) ? arn : name, attributes };
}
