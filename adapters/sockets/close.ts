import type { Access } from '#adapters/aws/environment.ts';
import type { Connection, Sessions } from '#adapters/dynamo/connections/sessions.ts';
import type { ByeEvent } from '#protocol/events.ts';
import type { EventsFrame } from '#protocol/frames.ts';
import { createPoster } from './poster.ts';

/** How long closing sockets may take, in ms. */
const patienceMs = 10_000;

/**
 * Creates a function that closes sockets, after it has sent them a `bye` event. A socket that is gone is no error. The sockets'
 * entries in the table Connections are removed by `$disconnect`.
 */
export function createSocketCloser(endpoint: string, why: Omit<ByeEvent, 'type'>, access: Access = {}) {
  const poster = createPoster({ ...access, endpoint });
  const bye: EventsFrame = { events: [{ type: 'bye', ...why }] };
  const frame = JSON.stringify(bye);

  return async (connections: readonly Pick<Connection, 'connectionId'>[]): Promise<void> => {
    if (connections.length === 0) return;
    const deadline = Date.now() + patienceMs;
    const ids = connections.map(({ connectionId }) => connectionId);
    const told = await poster.post(ids, frame, deadline);
    const left = new Set(told.gone);
    // Who could not be told is closed all the same.
    const closed = await poster.disconnect(
      ids.filter((id) => !left.has(id)),
      deadline,
    );
    if (closed.failed.length > 0) throw new Error(`${closed.failed.length} sockets were not closed: ${closed.reason}`);
  };
}

/** Creates a function that revokes a login (family) of a user: its sockets are closed, and it can't open new ones. */
export function createCloser(endpoint: string, sessions: Sessions, access: Access = {}) {
  const close = createSocketCloser(endpoint, { reason: 'logged_out', reconnect: false }, access);
  return async (userId: string, familyId: string): Promise<void> => {
    await close(await sessions.revoke(userId, familyId, Date.now()));
  };
}
