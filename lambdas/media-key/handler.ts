import { secretsManager } from '#adapters/secrets/store.ts';
import { customResource } from '#lambdas/kit/custom-resource.ts';
import { fill } from './fill.ts';

const store = secretsManager();

export const handler = customResource('media-key', (event) => fill(event, store));
