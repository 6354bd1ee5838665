import { isoTime } from '#core/clock.ts';
import type { LoginSessions } from '#protocol/credentials.ts';
import { fail, type Result } from '#protocol/failures.ts';
import { limits } from '#protocol/limits.ts';
import type { Caller } from './caller.ts';
import type { Families, LiveFamily, World } from './ports.ts';

export type EndingWorld = Pick<World, 'families' | 'closeSockets' | 'record' | 'now'>;

/** The logins of a person that are not over, the one that was used last first. */
export async function loginsOf(
  families: Pick<Families, 'liveOf'>,
  { userId, familyId }: Pick<Caller, 'userId' | 'familyId'>,
  now: number,
): Promise<LoginSessions['sessions']> {
  const live = await families.liveOf(userId, now);
  return live
    .toSorted((a, b) => b.lastUsedAt - a.lastUsedAt)
    .map(({ familyId: id, device, createdAt, lastUsedAt }) => ({
      id,
      device,
      createdAt: isoTime(createdAt),
      lastUsedAt: isoTime(lastUsedAt),
      current: id === familyId,
    }));
}

/** Lists the caller's logins. Error: `unauthorized` if the caller's own is over. */
export async function listLogins(families: Families, caller: Caller, now: number): Promise<Result<LoginSessions>> {
  const sessions = await loginsOf(families, caller, now);
  return sessions.some(({ current }) => current) ? { ok: { sessions } } : fail('unauthorized');
}

/** Ends a login of the caller. Errors: `not_found`, `unauthorized` if the caller's own is over. */
export async function endLogin(
  world: EndingWorld,
  caller: Caller,
  familyId: string,
  device: string,
): Promise<Result<void>> {
  const live = await world.families.liveOf(caller.userId, world.now());
  if (!live.some((family) => family.familyId === caller.familyId)) return fail('unauthorized');
  if (!live.some((family) => family.familyId === familyId)) return fail('not_found');
  await end(world, caller.userId, [familyId]);
  await world.record({ name: 'session_ended', userId: caller.userId, familyId, device });
  return { ok: undefined };
}

/** Ends all logins of the caller but this one. Error: `unauthorized` if this one is over. */
export async function endOtherLogins(world: EndingWorld, caller: Caller, device: string): Promise<Result<void>> {
  const live = await world.families.liveOf(caller.userId, world.now());
  if (!live.some(({ familyId }) => familyId === caller.familyId)) return fail('unauthorized');
  const others = idsBut(live, caller.familyId);
  await end(world, caller.userId, others);
  if (others.length > 0) await world.record({ name: 'session_ended', userId: caller.userId, device });
  return { ok: undefined };
}

/** Ends all logins of a person, or all but one. */
export async function endAllLogins(world: Omit<EndingWorld, 'record'>, userId: string, kept?: string): Promise<void> {
  await end(world, userId, idsBut(await world.families.liveOf(userId, world.now()), kept));
}

/** Ends the logins of a person that are more than `limits.logins`. Returns those that there were. */
export async function endSurplusLogins(
  world: Pick<World, 'families' | 'closeSockets' | 'now'>,
  userId: string,
): Promise<LiveFamily[]> {
  const live = await world.families.liveOf(userId, world.now());
  const newest = live.toSorted((a, b) => b.lastUsedAt - a.lastUsedAt);
  await end(world, userId, idsBut(newest.slice(limits.logins), undefined));
  return live;
}

function idsBut(live: readonly LiveFamily[], kept: string | undefined): string[] {
  return live.flatMap(({ familyId }) => (familyId === kept ? [] : familyId));
}

/** First the tokens of all are revoked, so that none of them can open a socket again whose end is only noted afterwards. */
async function end(
  world: Pick<World, 'families' | 'closeSockets'>,
  userId: string,
  familyIds: readonly string[],
): Promise<void> {
  await Promise.all(familyIds.map((familyId) => world.families.revoke(userId, familyId)));
  for (const familyId of familyIds) await world.closeSockets(userId, familyId);
}
