import type { ResourceHandler } from '../types.ts';
import { bucketDeployment } from './bucket-deployment.ts';
import { customResource } from './custom-resource.ts';

/** Handles resources that the CDK adds for the deletion of a stack, or for CloudWatch. They need no action here. */
const noAction: ResourceHandler = {
  types: ['Custom::S3AutoDeleteObjects', 'Custom::LogRetention'],
  create: async ({ logicalId }) => ({ ref: logicalId }),
};

export const handlers: readonly ResourceHandler[] = [bucketDeployment, noAction, customResource];

/** The custom resources that the stack handles itself, in place of the CDK's provider functions, some of which are in Python. */
export const nativeCustomResources: readonly string[] = [
  ...bucketDeployment.types,
  ...noAction.types,
  'Custom::S3BucketNotifications',
];
