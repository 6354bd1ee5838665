import type { ScheduledEvent } from 'aws-lambda';
import { createClient } from '#adapters/dynamo/client.ts';
import { createOpenSockets } from '#adapters/dynamo/connections/open-sockets.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { invocation, measure } from '#lambdas/kit/invocation.ts';

const openSockets = createOpenSockets(createClient(), setting('CONNECTIONS_TABLE'));

/** Measures once a minute what no single request knows. */
export const handler = invocation<ScheduledEvent, void>(({ id }) => id).handler(async () => {
  measure('SocketsOpen', await openSockets(Date.now()), 'Count');
});
