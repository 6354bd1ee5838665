import * as z from 'zod/mini';
import { glob } from '../glob.ts';

const oneOrMore = z.union([z.string(), z.array(z.string())]);
const text = z.optional(z.string());
const Effect = z.enum(['Allow', 'Deny']);
const statement = z.strictObject({ Sid: text, Effect, Action: oneOrMore, Resource: oneOrMore });

const Statement = z.union([statement, z.array(statement)]);

/** An IAM policy document. Conditions, principals and negated elements are not supported, and make it malformed. */
export const policyDocument = z.strictObject({ Version: text, Id: text, Statement });

/**
 * Tells whether a policy allows `execute-api:Invoke` on `arn`: a statement allows it and none denies it.
 * AWS: "Policy evaluation logic" and "IAM JSON policy elements: Resource" (the wildcards).
 */
export function allows(policy: z.output<typeof policyDocument>, arn: string): boolean {
  const effects = [policy.Statement]
    .flat()
    .filter(({ Action }) => [Action].flat().some((action) => glob(action.toLowerCase(), true)('execute-api:invoke')))
    .filter(({ Resource }) => [Resource].flat().some((resource) => glob(resource, true)(arn)))
    .map(({ Effect }) => Effect);
  return effects.includes('Allow') && !effects.includes('Deny');
}
