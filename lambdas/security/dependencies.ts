import { createClient } from '#adapters/dynamo/client.ts';
import type { SessionWorld } from '#core/accounts/ports.ts';
import { loginWorld } from '#lambdas/kit/login-dependencies.ts';
import { limitedInMemory } from '#lambdas/kit/rates.ts';

export const world: SessionWorld = { ...loginWorld(createClient()), allowRefresh: limitedInMemory('refreshes') };
