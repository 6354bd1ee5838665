import { displacedIn, presenceStatesIn } from '#adapters/dynamo/connections/sessions.ts';
import { createPresenceChanges } from '#adapters/queues/presence-changes.ts';
import { createSocketCloser } from '#adapters/sockets/close.ts';
import { presenceChangesOf } from '#core/people/presence-changes.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { streamHandler } from '#lambdas/kit/stream.ts';

const send = createPresenceChanges(setting('PRESENCE_CHANGES_QUEUE_URL'));
const close = createSocketCloser(setting('WEBSOCKET_ENDPOINT'), { reason: 'too_many', reconnect: false });

/**
 * Finds the rows whose presence may have changed, and queues them. The function `presence-fanout` decides who is told what. It also
 * closes the sockets that a newer one displaced.
 */
export const handler = streamHandler(async (_, records) => {
  for (const { before, after } of records) {
    const { was, is, at } = presenceStatesIn(before, after);
    for (const change of presenceChangesOf(was, is, at)) await send(change);
    await close(displacedIn(before, after));
  }
}, 'userId');
