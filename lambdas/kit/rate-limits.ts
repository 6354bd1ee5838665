import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { createRateLimits } from '#adapters/dynamo/connections/rate-limits.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { setting } from './environment.ts';

const rate = z.object({ perSecond: z.number(), burst: z.number() });

/** The rate limits of the stage. `lib/rates.ts` says what each of them is for. */
export const Rates = z.object({
  messages: rate,
  frames: rate,
  revisions: rate,
  conversations: rate,
  membersAdded: rate,
  searches: rate,
});

export type Rates = z.infer<typeof Rates>;

/** Reads the rate limits from the environment. Throws if they are missing or have another shape. */
export function rates(): Rates {
  return Rates.parse(JSON.parse(setting('RATES')));
}

/** Takes what something costs from a person's token buckets. Errors: `rate_limited`, `unauthorized` for someone who is gone. */
export function rateLimits(client: DynamoDBClient) {
  const take = createRateLimits(createTable(client, setting('CONNECTIONS_TABLE')), rates());
  return (userId: string, cost: Parameters<typeof take>[1]) => take(userId, cost, Date.now());
}
