import { secretsManager } from '#adapters/secrets/store.ts';
import { customResource } from '#lambdas/kit/custom-resource.ts';
import { fill } from './fill.ts';
import { random } from './random.ts';

const store = secretsManager();

export const handler = customResource('signing-keys', (event) => fill(event, store, random));
