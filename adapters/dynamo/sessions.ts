import * as z from 'zod/mini';
import { limits } from '../../protocol/limits.ts';
import { expression, list, name } from './expression.ts';
import type { Table } from './table.ts';

/** A user's row in the table of connections; made with the account, so an erased user can't connect. */
const Session = z.object({
  userId: z.string(),
  /** When a device of theirs was last seen to go, in ms since 1970. */
  lastSeenAt: z.optional(z.number()),
  connections: z.record(z.string(), z.object({ since: z.number(), familyId: z.string() })),
  /** Logins that were revoked, and when, in ms since 1970: kept while an access token of theirs may still be valid. */
  revoked: z.record(z.string(), z.number()),
});

export type Session = z.infer<typeof Session>;

export interface Connection {
  readonly userId: string;
  readonly connectionId: string;
  readonly familyId: string;
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
        .filter(([, { since }]) => since + connectionLifeMs < now)
        .map(([id]) => id);
      for (const id of lapsed) await this.remove(userId, id, now);
      return true;
    },

    /** Removes a connection and notes when the user was last seen. 1 write unit. */
    async disconnect(userId: string, connectionId: string, now: number): Promise<void> {
      await table.update({ userId }, expression`REMOVE connections.${name(connectionId)} SET lastSeenAt = ${now}`, {
        if: expression`attribute_exists(userId)`,
      });
    },

    /**
     * Removes a connection that a post found gone. One that is younger than `openingMs` stays: API Gateway says gone of a socket,
     * too, that its `$connect` has let in and that isn't open yet. What it misses it gets by catching up once it is.
     */
    async remove(userId: string, connectionId: string, now: number): Promise<void> {
      await table.update({ userId }, expression`REMOVE connections.${name(connectionId)}`, {
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

    /** Those of some ids that are users. */
    async usersAmong(userIds: readonly string[]): Promise<string[]> {
      const rows = await table.batchGet(userIds.map((userId) => ({ userId })));
      return rows.map((row) => Session.parse(row).userId);
    },

    /** The live connections of some users. Half a read unit a user. */
    async connectionsOf(userIds: readonly string[], now: number): Promise<Connection[]> {
      const rows = await table.batchGet(userIds.map((userId) => ({ userId })));
      return rows.flatMap((row) => liveConnections(Session.parse(row), now));
    },
  };
}

function liveConnections({ userId, connections }: Session, now: number): Connection[] {
  return Object.entries(connections)
    .filter(([, { since }]) => since + connectionLifeMs >= now)
    .map(([connectionId, { familyId }]) => ({ userId, connectionId, familyId }));
}

export type Sessions = ReturnType<typeof createSessions>;
