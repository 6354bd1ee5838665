import { createClient } from '#adapters/dynamo/client.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { createFamilies } from '#adapters/dynamo/users/families.ts';
import type { Caller } from '#core/accounts/caller.ts';
import type { Families } from '#core/accounts/ports.ts';
import { setting } from './environment.ts';

/** It is created at the first request, so that functions which only have open routes need no table. */
let families: Families | undefined;

/**
 * Whether the login of an access token still lasts: it was not ended, has not expired, and its account is not erased. 1 read unit
 * (decision 0106).
 */
export async function isLiveLogin({ userId, familyId }: Caller): Promise<boolean> {
  families ??= createFamilies(createTable(createClient(), setting('USERS_TABLE')));
  return (await families.get(userId, familyId, Date.now())) !== undefined;
}
