import type { Connection, OpenConnection } from '#core/delivery/ports.ts';

export interface VisibilityStore {
  /** The states of users, read consistently. */
  statesOf(
    userIds: readonly string[],
    now: number,
    options: { consistent: true },
  ): Promise<readonly { readonly connections: readonly OpenConnection[] }[]>;
  setHidden(socket: Connection, hidden: boolean): Promise<void>;
}

/** Notes whether somebody looks at the client of a socket. It writes nothing if that is known. `now` is in ms since 1970. */
export async function setVisibility(
  store: VisibilityStore,
  socket: Connection,
  visible: boolean,
  now: number,
): Promise<void> {
  const entry = await entryOf(store, socket, now);
  if (entry && (entry.hidden === true) === visible) await store.setHidden(socket, !visible);
}

/**
 * Whether somebody looks at the client of a socket. Nobody does if the socket is in no list: no events are posted to it. It costs a
 * read unit.
 */
export async function isVisible(
  store: Pick<VisibilityStore, 'statesOf'>,
  socket: Connection,
  now: number,
): Promise<boolean> {
  const entry = await entryOf(store, socket, now);
  return entry !== undefined && !entry.hidden;
}

async function entryOf(
  store: Pick<VisibilityStore, 'statesOf'>,
  { userId, connectionId }: Connection,
  now: number,
): Promise<OpenConnection | undefined> {
  const [state] = await store.statesOf([userId], now, { consistent: true });
  return state?.connections.find((connection) => connection.connectionId === connectionId);
}
