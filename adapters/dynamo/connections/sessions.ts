import * as z from 'zod/mini';
import { type Attributes, oneOf } from '#adapters/dynamo/attributes.ts';
import { expression, list, name } from '#adapters/dynamo/expression.ts';
import type { Item, Table } from '#adapters/dynamo/table.ts';
import type * as delivery from '#core/delivery/ports.ts';
import { limits } from '#protocol/limits.ts';
import type { Settings, UpdateSettings } from '#protocol/people.ts';

/** What was ever set. Of a value that only a newer version knows, what shows least of the person: decision 0071. */
const settings = {
  privateRead: z.optional(oneOf([true, false], true)),
  invisible: z.optional(oneOf([true, false], true)),
  pushText: z.optional(oneOf([true, false], false)),
} satisfies Attributes<Partial<Settings>>;

/** A user's row in the table of connections; made with the account, so an erased user can't connect. */
const Session = z.object({
  userId: z.string(),
  /** When a device of theirs was last seen to go, in ms since 1970. */
  lastSeenAt: z.optional(z.number()),
  connections: z.record(z.string(), z.object({ since: z.number(), familyId: z.string() })),
  /** Logins that were revoked, and when, in ms since 1970: kept while an access token of theirs may still be valid. */
  revoked: z.record(z.string(), z.number()),
  /** When the last of their push subscriptions ends, in ms since 1970; absent where there is none. */
  pushUntil: z.optional(z.number()),
  ...settings,
});

export type Session = z.infer<typeof Session>;

export interface Connection extends delivery.Connection {
  readonly familyId: string;
}

/** What a user's row says at some time. */
export interface UserState extends delivery.UserState {
  /** When they were there for the last time that is known, in ms since 1970. */
  readonly lastSeenAt: number | undefined;
  /** The live ones. */
  readonly connections: readonly Connection[];
}

/** API Gateway ends every socket after 2 hours ("Quotas for … a WebSocket API"); older entries missed their $disconnect. */
export const connectionLifeMs = 2 * 3600 * 1000;

/** Longer than `$connect` can take: its integration has 29 seconds. */
const openingMs = 60_000;

/** Access tokens from before a revocation have ended by then, clocks that differ included. */
const revokedLifeMs = 2 * limits.accessTokenSeconds * 1000;

/** The row to write with a new account. */
export function newSession(userId: string): Session {
  return { userId, connections: {}, revoked: {} };
}

export function createSessions(table: Table) {
  return {
    /** Adds a connection; false when its user is gone or its login revoked. 1 write unit, plus one when old entries have to go. */
    async connect(connection: Connection, now: number): Promise<boolean> {
      const { userId, connectionId, familyId } = connection;
      const written = await table.update(
        { userId },
        expression`SET connections.${name(connectionId)} = ${{ since: now, familyId }}`,
        { if: expression`attribute_exists(userId) AND attribute_not_exists(revoked.${name(familyId)})` },
      );
      if (!written.done) return false;
      const lapsed = Object.entries(Session.parse(written.item).connections)
        .filter(([, entry]) => !isLive(entry, now))
        .map(([id]) => id);
      for (const id of lapsed) await this.remove(userId, id, now);
      return true;
    },

    /** Removes a connection and notes when the user was last seen. 1 write unit. */
    async disconnect(userId: string, connectionId: string, now: number): Promise<void> {
      // One that was found gone before is not seen again by this.
      await table.update({ userId }, expression`REMOVE connections.${name(connectionId)} SET lastSeenAt = ${now}`, {
        if: expression`attribute_exists(connections.${name(connectionId)})`,
      });
    },

    /**
     * Removes a connection that a post found gone, as `disconnect` does. One that is younger than `openingMs` stays: API Gateway
     * says gone of a socket, too, that its `$connect` has let in and that isn't open yet. What it misses it gets by catching up
     * once it is.
     */
    async remove(userId: string, connectionId: string, now: number): Promise<void> {
      await table.update({ userId }, expression`REMOVE connections.${name(connectionId)} SET lastSeenAt = ${now}`, {
        if: expression`connections.${name(connectionId)}.since < ${now - openingMs}`,
      });
    },

    /** Lets no connection of a login in any more, and answers with those that were let in before. 1 write unit. */
    async revoke(userId: string, familyId: string, now: number): Promise<Connection[]> {
      const written = await table.update({ userId }, expression`SET revoked.${name(familyId)} = ${now}`, {
        if: expression`attribute_exists(userId)`,
      });
      if (!written.done) return [];
      const session = Session.parse(written.item);
      const lapsed = Object.keys(session.revoked).filter((id) => (session.revoked[id] ?? 0) + revokedLifeMs < now);
      if (lapsed.length > 0)
        await table.update(
          { userId },
          expression`REMOVE ${list(lapsed.map((id) => expression`revoked.${name(id)}`))}`,
          { if: expression`attribute_exists(userId)` },
        );
      return liveConnections(session, now).filter((connection) => connection.familyId === familyId);
    },

    /** Removes a user's row when `close` has closed all that was open, so that no connection is left that nobody knows of. */
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

    /** Those of some ids that are users. */
    async usersAmong(userIds: readonly string[]): Promise<string[]> {
      const rows = await table.batchGet(userIds.map((userId) => ({ userId })));
      return rows.map((row) => Session.parse(row).userId);
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

    /** Notes until when a user may have push subscriptions; false when the user is gone. */
    async expectPush(userId: string, until: number): Promise<boolean> {
      const set = expression`SET pushUntil = ${until}`;
      return (await table.update({ userId }, set, { if: expression`attribute_exists(userId)` })).done;
    },

    /** Notes that a user has none, unless one was made since `until` was read. */
    async forgetPush(userId: string, until: number): Promise<void> {
      await table.update({ userId }, expression`REMOVE pushUntil`, { if: expression`pushUntil = ${until}` });
    },

    /** A user's settings, consistently; nothing of a user who is gone. */
    async settings(userId: string): Promise<Settings | undefined> {
      const row = await table.get({ userId }, { consistent: true });
      return row && settingsOf(Session.parse(row));
    },

    /** Changes the settings that are given, and answers with all of them. 1 write unit. */
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

/** Someone before and after a write to their row, both as of the newest time in it. */
export function presenceStatesIn(before: Item | undefined, after: Item | undefined) {
  const [was, is] = [before && Session.parse(before), after && Session.parse(after)];
  const { lastSeenAt = 0, connections = {} } = is ?? was ?? {};
  const at = Math.max(lastSeenAt, ...Object.values(connections).map(({ since }) => since));
  return { was: was && stateOf(was, at), is: is && stateOf(is, at), at };
}

function stateOf(session: Session, now: number): UserState {
  const { userId, lastSeenAt, pushUntil } = session;
  // An entry that lapsed is of a socket whose end nobody noticed: all that is known is when it began.
  const lapsed = Object.values(session.connections).filter((entry) => !isLive(entry, now));
  const seen = [lastSeenAt ?? [], lapsed.map(({ since }) => since)].flat();
  return {
    userId,
    settings: settingsOf(session),
    pushUntil,
    lastSeenAt: seen.length > 0 ? Math.max(...seen) : undefined,
    connections: liveConnections(session, now),
  };
}

function isLive({ since }: { since: number }, now: number): boolean {
  return since + connectionLifeMs >= now;
}

function settingsOf({ privateRead = false, invisible = false, pushText = true }: Session): Settings {
  return { privateRead, invisible, pushText };
}

function liveConnections({ userId, connections }: Session, now: number): Connection[] {
  return Object.entries(connections)
    .filter(([, entry]) => isLive(entry, now))
    .map(([connectionId, { familyId }]) => ({ userId, connectionId, familyId }));
}

export type Sessions = ReturnType<typeof createSessions>;
