import type { Created, Resource } from '../types.ts';

/** The types and services whose resources matter only on AWS: permissions, monitoring, backups. */
const NO_LOCAL_MEANING = [
  'AWS::ApiGateway::Account',
  'AWS::ApiGatewayV2::ApiMapping',
  'AWS::ApiGatewayV2::DomainName',
  'AWS::ApplicationAutoScaling::',
  'AWS::ApplicationInsights::',
  'AWS::Backup::',
  'AWS::Budgets::',
  'AWS::CDK::Metadata',
  'AWS::CE::',
  'AWS::CertificateManager::',
  'AWS::Chatbot::',
  'AWS::CloudFormation::WaitConditionHandle',
  'AWS::CloudFront::OriginAccessControl',
  'AWS::CloudTrail::',
  'AWS::CloudWatch::AlarmMuteRule',
  'AWS::CloudWatch::AnomalyDetector',
  'AWS::CloudWatch::InsightRule',
  'AWS::CloudWatch::MetricStream',
  'AWS::ApplicationSignals::',
  'AWS::CodeDeploy::',
  'AWS::DLM::',
  'AWS::FIS::',
  'AWS::IAM::',
  'AWS::KMS::',
  'AWS::Lambda::Permission',
  'AWS::Logs::',
  'AWS::ResourceGroups::',
  'AWS::Route53::',
  'AWS::SNS::TopicPolicy',
  'AWS::SSM::',
  'AWS::Synthetics::',
  'AWS::WAFv2::',
  'AWS::XRay::',
];

export const hasNoLocalMeaning = (type: string): boolean =>
  NO_LOCAL_MEANING.some((known) => (known.endsWith('::') ? type.startsWith(known) : type === known));

/** The types whose `Ref` is an ARN. */
const REF_IS_ARN = /^AWS::(IAM::ManagedPolicy|Backup::BackupPlan|CertificateManager::Certificate)$/;

/** Returns the name that the template gives (`FunctionName` and the like), or else one that is the same after every restart. */
export function physicalName({ stack, logicalId, type, properties }: Resource): string {
  const explicit = properties[`${type.split('::')[2]}Name`];
  return typeof explicit === 'string' ? explicit : `${stack}-${logicalId}`;
}

/** Returns a plausible `Ref` and attributes (a name and an ARN), because other resources may refer to a skipped one. */
export function placeholder(resource: Resource, account: string, region: string): Created {
  const service = resource.type.split('::')[1]?.toLowerCase() ?? '';
  const name = physicalName(resource);
  const arn = `arn:aws:${service}:${service === 'iam' ? '' : region}:${account}:${name}`;
  const attributes = new Proxy<Record<string, unknown>>(
    {},
    {
      has: () => true,
      get: (_, attribute) => resource.properties[String(attribute)] ?? (String(attribute).endsWith('Arn') ? arn : name),
    },
  );
  return { ref: REF_IS_ARN.test(resource.type) ? arn : name, attributes };
}
