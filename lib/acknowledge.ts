import { Stack, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import * as z from 'zod/mini';

/** Suppresses a rule of cdk-nag's AWS Solutions pack for a construct, for a reason that is written into the template. */
export function acknowledge(construct: Construct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions-${rule}`, reason });
}

/** Suppresses the rule against wildcards for one resource of a role's policy. */
export function acknowledgeWildcard(role: Construct, arn: string, reason: string): void {
  acknowledge(role, `IAM5[Resource::${spelled(Stack.of(role).resolve(arn))}]`, reason);
}

const Reference = z.union([
  z.object({ Ref: z.string() }),
  z.object({ 'Fn::GetAtt': z.array(z.string()) }),
  z.object({ 'Fn::Sub': z.string() }),
  z.object({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) }),
]);

/** A resolved value in the notation of cdk-nag's finding ids, such as `arn:<AWS::Partition>:s3:::<Bucket.Arn>/*`. */
function spelled(value: unknown): string {
  if (typeof value === 'string') return value.replace(/\$\{(.*?)\}/g, '<$1>');
  const reference = Reference.parse(value);
  if ('Ref' in reference) return `<${reference.Ref}>`;
  if ('Fn::GetAtt' in reference) return `<${reference['Fn::GetAtt'].join('.')}>`;
  if ('Fn::Sub' in reference) return spelled(reference['Fn::Sub']);
  const [separator, parts] = reference['Fn::Join'];
  return parts.map(spelled).join(separator);
}
