import { type Expression, expression, list, name } from '#adapters/dynamo/expression.ts';
import type { Table } from '#adapters/dynamo/table.ts';
import type { Families } from '#core/accounts/ports.ts';
import { limits } from '#protocol/limits.ts';
import { type Connection, isLive, newSession, Session, type StoredConnection } from './sessions.ts';

/** How long after a login was revoked its access tokens may still be valid, even if clocks differ. */
const tokenLifeMs = 2 * limits.accessTokenSeconds * 1000;

/** Only connections that are opened at the same time make another try necessary, and only when the person has all their sockets. */
const mostTries = 6;
/** After the first try, the one to leave is chosen among this many of the oldest, so that those who try again don't all want one. */
const candidates = 10;
/** A row has this many entries to remove only if the limit was higher before. The next connections remove the others. */
const removedAtOnce = 40;

/**
 * Adds a connection to its user's row. `refused` means that the login is revoked or the account is erased, `paused` that the
 * user has sent far too many frames (decision 0098), and `contended` that too many connections were opened at the same time: then
 * nothing is stored, and the client should try again later.
 *
 * The same write removes the entries that have expired and, if the person has `limits.sockets` live ones, the oldest: the new entry
 * names it as displaced, and `presence-stream` closes its socket. Its conditions keep the number within the limit, however many are
 * opened at once (decision 0107). It costs half a read unit and 1 write unit; 1 read unit more within 20 minutes after any login of
 * the user was revoked; and for each try that another connection refuses 1 write unit.
 */
export function createConnect(table: Table, families: Pick<Families, 'get'>) {
  return async (
    connection: Omit<Connection, 'since' | 'hidden'>,
    now: number,
  ): Promise<'connected' | 'refused' | 'paused' | 'contended'> => {
    const { userId, connectionId, familyId } = connection;
    let row = (await table.get({ userId })) ?? newSession(userId);
    for (let tries = 0; tries < mostTries; tries++) {
      const { connections, lastRevoked, refusedUntil = 0 } = Session.parse(row);
      if (refusedUntil > now) return 'paused';
      // The first try was done, but its answer was lost and the client sent it again.
      if (connections[connectionId]) return 'connected';
      const recent = lastRevoked && lastRevoked.at + tokenLifeMs >= now;
      if (recent && !(await families.get(userId, familyId, now))) return 'refused';
      const leaving = leavingOf(connections, now, tries === 0 ? 1 : candidates);
      const displaced = leaving.filter(([, entry]) => isLive(entry, now)).map(([id]) => id);
      const entry: StoredConnection = { since: now, familyId, ...(displaced.length > 0 && { displaced }) };
      const written = await table.update({ userId }, adding(connectionId, entry, leaving), {
        if: expression`attribute_exists(userId) AND ${unchanged(lastRevoked)} AND ${within(connections, leaving)}`,
      });
      if (written.done) return 'connected';
      if (!written.item) return 'refused';
      row = written.item;
    }
    return 'contended';
  };
}

type Entries = readonly (readonly [id: string, entry: StoredConnection])[];

/** The entries that make room for one more: all expired ones, and as many live ones as are too many. */
function leavingOf(connections: Session['connections'], now: number, among: number): Entries {
  const oldestFirst = Object.entries(connections).sort(([, a], [, b]) => a.since - b.since);
  const expired = oldestFirst.filter(([, entry]) => !isLive(entry, now));
  const live = oldestFirst.slice(expired.length);
  const surplus = Math.max(0, live.length - limits.sockets + 1);
  const from = surplus === 1 ? Math.floor(Math.random() * among) : 0;
  return [...expired, ...live.slice(from, from + surplus)].slice(0, removedAtOnce);
}

function adding(connectionId: string, entry: StoredConnection, leaving: Entries): Expression {
  const added = expression`SET connections.${name(connectionId)} = ${entry}`;
  if (leaving.length === 0) return added;
  return expression`${added} REMOVE ${list(leaving.map(([id]) => expression`connections.${name(id)}`))}`;
}

/**
 * The condition that one more connection is within the limit once these have left. A row with too many entries, from before there
 * was a limit, becomes smaller.
 */
function within(connections: Session['connections'], leaving: Entries): Expression {
  const most = Math.max(limits.sockets - 1 + leaving.length, Object.keys(connections).length);
  return leaving.reduce<Expression>(
    (all, [id]) => expression`${all} AND attribute_exists(connections.${name(id)})`,
    expression`size(connections) <= ${most}`,
  );
}

/** The condition that no other login was revoked since the row was read. */
function unchanged(lastRevoked: Session['lastRevoked']): Expression {
  return lastRevoked ? expression`lastRevoked = ${lastRevoked}` : expression`attribute_not_exists(lastRevoked)`;
}
