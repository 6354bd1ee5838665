import type { Sessions } from '#adapters/dynamo/connections/sessions.ts';
import { createPoster } from '#adapters/sockets/poster.ts';
import type { DeliverOnce } from '#core/delivery/ports.ts';
import type { EventsFrame } from '#protocol/frames.ts';
import { countPosts } from './deliver.ts';
import { setting } from './environment.ts';

/** How long posts are tried at most, in ms. */
const patienceMs = 2_000;

/**
 * Creates a function that delivers an event which is useless later, such as typing. Nothing is queued for another try. It returns
 * the number of connections that could not be reached. The entries of connections that are gone are removed.
 */
export function ephemeralDelivery(sessions: Pick<Sessions, 'remove'>): DeliverOnce {
  const poster = createPoster({ endpoint: setting('WEBSOCKET_ENDPOINT') });
  return async (event, connections) => {
    const users = new Map(connections.map(({ connectionId, userId }) => [connectionId, userId]));
    if (users.size === 0) return 0;
    const frame: EventsFrame = { events: [event] };
    const { delivered, gone, failed, requests } = await poster.post(
      users.keys(),
      JSON.stringify(frame),
      Date.now() + patienceMs,
    );
    for (const connectionId of gone) await sessions.remove(users.get(connectionId) ?? '', connectionId, Date.now());
    countPosts({ delivered, gone: gone.length, failed: failed.length, requests });
    return failed.length;
  };
}
