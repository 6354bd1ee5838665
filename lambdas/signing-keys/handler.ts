import { secretGenerator } from '#lambdas/kit/secret-generator.ts';
import { generateAuthSecret } from './generate.ts';
import { random } from './random.ts';

export const handler = secretGenerator('signing-keys', generateAuthSecret(random));
