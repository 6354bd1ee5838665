import { Stack } from 'aws-cdk-lib';
import type { IApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { AppFunction } from './app-function.ts';

/** A stage of an API, as API Gateway names it. */
export interface StageName {
  readonly apiId: string;
  readonly stageName: string;
}

/** Lets a function change how many requests a stage of an API takes. Returns which stage that is. */
export function grantThrottle(fn: AppFunction, { apiId }: Pick<IApi, 'apiId'>, stageName: string): StageName {
  // "Actions, resources, and condition keys for Amazon API Gateway Management V2": a stage has no account in its ARN.
  const stage = Stack.of(fn).formatArn({
    service: 'apigateway',
    account: '',
    resource: '/apis',
    resourceName: `${apiId}/stages/${stageName}`,
  });
  fn.addToRolePolicy(new PolicyStatement({ actions: ['apigateway:GET', 'apigateway:PATCH'], resources: [stage] }));
  return { apiId, stageName };
}
