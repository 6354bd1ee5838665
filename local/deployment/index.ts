import type { ResourceHandler } from '../types.ts';
import { bucketDeployment } from './bucket-deployment.ts';
import { exportReader, exportWriter } from './cross-region.ts';
import { customResource } from './custom-resource.ts';

/** Handles resources that the CDK adds for the deletion of a stack, or for CloudWatch. They need no action here. */
const noAction: ResourceHandler = {
  types: ['Custom::S3AutoDeleteObjects', 'Custom::LogRetention', 'Custom::CloudwatchLogResourcePolicy'],
  changes: true,
  create: async ({ logicalId }) => ({ ref: logicalId }),
  remove() {},
};

const native = [bucketDeployment, exportReader, exportWriter, noAction];
export const handlers: readonly ResourceHandler[] = [...native, customResource];

/** The custom resources that the stack handles itself, in place of the CDK's provider functions, some of which are in Python. */
const ofOthers = ['Custom::S3BucketNotifications'];
export const nativeCustomResources: readonly string[] = [...native.flatMap(({ types }) => types), ...ofOthers];
