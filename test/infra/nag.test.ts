import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import { stackOf } from './synth.ts';

test.for(['dev', 'prod'] as const)('%s keeps the AWS Solutions rules, or says at the resource why not', (stage) => {
  const stack = stackOf(stage);
  const { violations } = new AwsSolutionsChecks(stack).validateScope(stack);
  const found = violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
  );
  expect(found).toEqual([]);
});
