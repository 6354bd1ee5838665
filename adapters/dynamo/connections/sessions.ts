import * as z from 'zod/mini';
import { type Attributes, oneOf } from '#adapters/dynamo/attributes.ts';
import { expression, list, name } from '#adapters/dynamo/expression.ts';
import type { Item, Table } from '#adapters/dynamo/table.ts';
import type * as delivery from '#core/delivery/ports.ts';
import { languages, type Settings, themes, type UpdateSettings, WhoMayAdd } from '#protocol/people.ts';

/** What was ever set. Of a value that only a newer version knows, what shows least of the person: decision 0071. */
const settings = {
  privateRead: z.optional(oneOf([true, false], true)),
  invisible: z.optional(oneOf([true, false], true)),
  pushText: z.optional(oneOf([true, false], false)),
  whoMayAdd: z.optional(oneOf(WhoMayAdd.options, 'nobody')),
  language: z.optional(oneOf(languages, 'en')),
  theme: z.optional(oneOf(themes, 'system')),
} satisfies Attributes<Partial<Settings>>;

const StoredConnection = z.object({
  since: z.number(),
  familyId: z.string(),
  /** The live connections that left the row for this one, because the user had too many. */
  displaced: z.optional(z.array(z.string())),
  /** Its client has said that nobody looks at it. */
  hidden: z.optional(oneOf([true], true)),
});

export type StoredConnection = z.infer<typeof StoredConnection>;

/** A user's row in the table of connections; made with the account, so an erased user can't connect. */
export const Session = z.object({
  userId: z.string(),
  /** When the last of the user's sockets closed, in ms since 1970. */
  lastSeenAt: z.optional(z.number()),
  connections: z.record(z.string(), StoredConnection),
  /** The login that was revoked last, in ms since 1970. Until its tokens have expired, each login is looked up to connect. */
  lastRevoked: z.optional(z.object({ familyId: z.string(), at: z.number() })),
  /** Until when the user can't connect, because they sent far too many frames, in ms since 1970. */
  refusedUntil: z.optional(z.number()),
  /** False if the user has never blocked anybody. Rows from before blocks were noted here lack it. */
  blocks: z.optional(oneOf([true, false], true)),
  /** When the last push subscription ends, in ms since 1970. It is absent if there is none. */
  pushUntil: z.optional(z.number()),
  ...settings,
});

export type Session = z.infer<typeof Session>;

export interface Connection extends delivery.TimedConnection {
  readonly familyId: string;
}

/** What a user's row says at some time. */
export interface UserState extends delivery.UserState {
  /** The live ones. */
  readonly connections: readonly Connection[];
}

/** API Gateway closes each socket after 2 hours ("Quotas for … a WebSocket API"). The `$disconnect` of older entries was missed. */
export const connectionLifeMs = 2 * 3600 * 1000;

/** Longer than `$connect` can take. The timeout of its integration is 29 seconds. */
const openingMs = 60_000;

/** The row that is created with a new account. */
export function newSession(userId: string): Session {
  return { userId, connections: {}, blocks: false };
}

export function createSessions(table: Table) {
  return {
    /** Refuses new connections of a user until a time in ms since 1970. 1 write unit. */
    async refuse(userId: string, until: number): Promise<void> {
      const set = expression`SET refusedUntil = ${until}`;
      await table.update({ userId }, set, { if: expression`attribute_exists(userId)` });
    },

    /** Removes a connection, and sets when the user was last seen. 1 write unit. */
    async disconnect(userId: string, connectionId: string, now: number): Promise<void> {
      // If the connection was already removed because a post found it gone, this doesn't change when the user was last seen.
      await table.update({ userId }, expression`REMOVE connections.${name(connectionId)} SET lastSeenAt = ${now}`, {
        if: expression`attribute_exists(connections.${name(connectionId)})`,
      });
    },

    /**
     * Removes a connection that a post found gone, as `disconnect` does. A connection that is younger than `openingMs` is kept,
     * because API Gateway also answers 410 for a socket whose `$connect` has succeeded but which isn't open yet. The client gets
     * what it missed when it catches up.
     */
    async remove(userId: string, connectionId: string, now: number): Promise<void> {
      await table.update({ userId }, expression`REMOVE connections.${name(connectionId)} SET lastSeenAt = ${now}`, {
        if: expression`connections.${name(connectionId)}.since < ${now - openingMs}`,
      });
    },

    /**
     * Notes that a login was just revoked in its family, so that it can't open connections, and returns its open ones. The family
     * comes first: who connects meanwhile either finds it revoked, or is among the connections returned here. 1 write unit.
     */
    async revoke(userId: string, familyId: string, now: number): Promise<Connection[]> {
      const written = await table.update({ userId }, expression`SET lastRevoked = ${{ familyId, at: now }}`, {
        if: expression`attribute_exists(userId)`,
      });
      if (!written.done) return [];
      return liveConnections(Session.parse(written.item), now).filter((connection) => connection.familyId === familyId);
    },

    /**
     * Closes all of a user's connections with `close`, then deletes the row. It repeats this if a connection was opened
     * meanwhile.
     */
    async erase(
      userId: string,
      close: (connections: readonly Connection[]) => Promise<void>,
      now: number,
    ): Promise<void> {
      for (;;) {
        const row = await table.get({ userId }, { consistent: true });
        if (!row) return;
        await close(liveConnections(Session.parse(row), now));
        const unchanged = expression`attribute_not_exists(userId) OR connections = ${row['connections']}`;
        if ((await table.delete({ userId }, { if: unchanged })).done) return;
      }
    },

    /** Stores whether the client of a connection is hidden, unless the connection is gone. 1 write unit. */
    async setHidden({ userId, connectionId }: delivery.Connection, hidden: boolean): Promise<void> {
      const attribute = expression`connections.${name(connectionId)}.${name('hidden')}`;
      await table.update(
        { userId },
        hidden ? expression`SET ${attribute} = ${true}` : expression`REMOVE ${attribute}`,
        {
          if: expression`attribute_exists(connections.${name(connectionId)})`,
        },
      );
    },

    /** The ids among `userIds` that belong to users. */
    async usersAmong(userIds: readonly string[]): Promise<string[]> {
      const rows = await table.batchGet(userIds.map((userId) => ({ userId })));
      return rows.map((row) => Session.parse(row).userId);
    },

    /** Who may add each of some users to groups. Those who don't exist are missing. Half a read unit a user. */
    async whoMayAdd(userIds: readonly string[]): Promise<ReadonlyMap<string, WhoMayAdd>> {
      const rows = await table.batchGet(userIds.map((userId) => ({ userId })));
      return new Map(rows.map((row) => Session.parse(row)).map((one) => [one.userId, settingsOf(one).whoMayAdd]));
    },

    /** The live connections of some users. Half a read unit a user. */
    async connectionsOf(userIds: readonly string[], now: number): Promise<Connection[]> {
      return (await this.statesOf(userIds, now)).flatMap(({ connections }) => connections);
    },

    /** Some users with their settings and live connections, in no order. Half a read unit a user, one when consistent. */
    async statesOf(
      userIds: readonly string[],
      now: number,
      options: { consistent?: boolean } = {},
    ): Promise<UserState[]> {
      const rows = await table.batchGet(
        userIds.map((userId) => ({ userId })),
        options,
      );
      return rows.map((row) => stateOf(Session.parse(row), now));
    },

    /** Stores until when a user may have push subscriptions, in ms since 1970. Returns false if the account is erased. */
    async expectPush(userId: string, until: number): Promise<boolean> {
      const set = expression`SET pushUntil = ${until}`;
      return (await table.update({ userId }, set, { if: expression`attribute_exists(userId)` })).done;
    },

    /** Stores that a user has no push subscription, unless one was created since `until` was read. */
    async forgetPush(userId: string, until: number): Promise<void> {
      await table.update({ userId }, expression`REMOVE pushUntil`, { if: expression`pushUntil = ${until}` });
    },

    /** Stores that a user may have blocked others, for good. 1 write unit. */
    async noteBlocks(userId: string): Promise<void> {
      await table.update({ userId }, expression`SET blocks = ${true}`, { if: expression`attribute_exists(userId)` });
    },

    /** A user's settings, read consistently, or undefined if the account is erased. */
    async settings(userId: string): Promise<Settings | undefined> {
      const row = await table.get({ userId }, { consistent: true });
      return row && settingsOf(Session.parse(row));
    },

    /** Changes the given settings, and returns all of them, or undefined if the account is erased. 1 write unit. */
    async updateSettings(userId: string, change: UpdateSettings): Promise<Settings | undefined> {
      const given = Object.entries(change).filter(([, value]) => value !== undefined);
      if (given.length === 0) return this.settings(userId);
      const written = await table.update(
        { userId },
        expression`SET ${list(given.map(([setting, value]) => expression`${name(setting)} = ${value}`))}`,
        { if: expression`attribute_exists(userId)` },
      );
      return written.done ? settingsOf(Session.parse(written.item)) : undefined;
    },
  };
}

/** A user's state before and after a write to their row, both at the newest time in the row (`at`, in ms since 1970). */
export function presenceStatesIn(before: Item | undefined, after: Item | undefined) {
  const [was, is] = [before && Session.parse(before), after && Session.parse(after)];
  const { lastSeenAt = 0, connections = {} } = is ?? was ?? {};
  const at = Math.max(lastSeenAt, ...Object.values(connections).map(({ since }) => since));
  return { was: was && stateOf(was, at), is: is && stateOf(is, at), at };
}

/** The connections whose sockets are to be closed because a write to a user's row displaced them. */
export function displacedIn(before: Item | undefined, after: Item | undefined): Connection[] {
  if (!before || !after) return [];
  const [was, is] = [Session.parse(before), Session.parse(after)];
  const added = Object.entries(is.connections).filter(([id]) => !was.connections[id]);
  const ids = added.flatMap(([, { displaced = [] }]) => displaced);
  return ids.map((connectionId) => ({
    userId: is.userId,
    connectionId,
    since: was.connections[connectionId]?.since ?? 0,
    familyId: was.connections[connectionId]?.familyId ?? '',
  }));
}

function stateOf(session: Session, now: number): UserState {
  const { userId, lastSeenAt, pushUntil, blocks = true } = session;
  // An expired entry is of a socket whose end was missed. It is only known when the socket opened.
  const lapsed = Object.values(session.connections).filter((entry) => !isLive(entry, now));
  const seen = [lastSeenAt ?? [], lapsed.map(({ since }) => since)].flat();
  return {
    userId,
    settings: settingsOf(session),
    pushUntil,
    mayBlock: blocks,
    lastSeenAt: seen.length > 0 ? Math.max(...seen) : undefined,
    connections: liveConnections(session, now),
  };
}

export function isLive({ since }: { since: number }, now: number): boolean {
  return since + connectionLifeMs >= now;
}

function settingsOf(session: Session): Settings {
  const { privateRead = false, invisible = false, pushText = true, whoMayAdd = 'everyone', language, theme } = session;
  return {
    privateRead,
    invisible,
    pushText,
    whoMayAdd,
    ...(language !== undefined && { language }),
    ...(theme !== undefined && { theme }),
  };
}

function liveConnections({ userId, connections }: Session, now: number): Connection[] {
  return Object.entries(connections)
    .filter(([, entry]) => isLive(entry, now))
    .map(([connectionId, { since, familyId, hidden }]) => ({
      userId,
      connectionId,
      since,
      familyId,
      ...(hidden && { hidden }),
    }));
}

export type Sessions = ReturnType<typeof createSessions>;
