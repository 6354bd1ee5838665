import type { ResourceHandler } from '../types.ts';
import { bucketDeployment } from './bucket-deployment.ts';
import { crossRegion } from './cross-region.ts';
import { customResource } from './custom-resource.ts';

export const handlers: readonly ResourceHandler[] = [bucketDeployment, ...crossRegion, customResource];
