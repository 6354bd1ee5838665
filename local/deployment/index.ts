import type { ResourceHandler } from '../types.ts';
import { bucketDeployment } from './bucket-deployment.ts';
import { customResource } from './custom-resource.ts';

/** What the CDK adds for the end of a stack's life or for CloudWatch: nothing to do here. */
const needless: ResourceHandler = {
  types: ['Custom::S3AutoDeleteObjects', 'Custom::LogRetention'],
  create: async ({ logicalId }) => ({ ref: logicalId }),
};

export const handlers: readonly ResourceHandler[] = [bucketDeployment, needless, customResource];

/** Custom resources that the stack does by itself: the CDK's functions for them (some in Python) aren't run. */
export const nativeCustomResources: readonly string[] = [
  ...bucketDeployment.types,
  ...needless.types,
  'Custom::S3BucketNotifications',
];
