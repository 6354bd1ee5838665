import type { DynamoDb } from '#adapters/dynamo/client.ts';
import { createRateLimits } from '#adapters/dynamo/connections/rate-limits.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { setting } from './environment.ts';
import { rates } from './rates.ts';

/** Takes what something costs from a person's token buckets. Errors: `rate_limited`, `unauthorized` for someone who is gone. */
export function rateLimits(client: DynamoDb) {
  const take = createRateLimits(createTable(client, setting('CONNECTIONS_TABLE')), rates());
  return (userId: string, cost: Parameters<typeof take>[1]) => take(userId, cost, Date.now());
}
