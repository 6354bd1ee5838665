import { createHash } from 'node:crypto';
import type { Rate } from '#core/rate-limits/token-bucket.ts';
import type { AttemptLimit, SecurityEvent } from '#core/security/events.ts';
import { fail, type Result } from '#protocol/failures.ts';
import type { Subject, World } from './ports.ts';

const perHour = (attempts: number) => attempts / 3600;

/**
 * How many attempts can fail at once, and how many more per second after that (docs/decisions/0103). Many people may share a
 * network, so it may fail more often than a name in it.
 */
export const attemptRates = {
  name_at_network: { burst: 10, perSecond: perHour(40) },
  name: { burst: 100, perSecond: perHour(20) },
  network: { burst: 300, perSecond: perHour(1_200) },
  device: { burst: 10, perSecond: perHour(40) },
  confirmations: { burst: 10, perSecond: perHour(40) },
} satisfies Record<AttemptLimit, Rate>;

function subject(kind: AttemptLimit, id: string): Subject {
  return { kind, id, rate: attemptRates[kind] };
}

/**
 * The subjects of a login from a device that isn't known. A name counts as it was typed: if a username and an e-mail address shared
 * a counter, it would tell that they belong to one account. It is hashed, because people also type their password there.
 */
export function loginSubjects(name: string, network: string): Subject[] {
  const hash = createHash('sha256').update(name).digest('base64url');
  return [subject('network', network), subject('name_at_network', `${hash}#${network}`), subject('name', hash)];
}

/** The subjects of a login from a device that has logged in to the account before. */
export function deviceSubjects(deviceId: string): Subject[] {
  return [subject('device', deviceId)];
}

/** The subjects of a confirmation: one login, so that whoever has its access token doesn't guess without end. */
export function confirmationSubjects(familyId: string): Subject[] {
  return [subject('confirmations', familyId)];
}

/**
 * Runs something that may be a guess. The attempt is counted for all `subjects` before it runs, so that guesses at the same time
 * can't exceed a limit, and taken back if it succeeds. There may be several `ways` to count it: the first that isn't used up is
 * taken. If all are, the error is `too_many_attempts` with the time until one isn't, and `refusal` is recorded.
 */
export async function limited<T>(
  { attempts, now, record }: Pick<World, 'attempts' | 'now' | 'record'>,
  ways: readonly (readonly Subject[])[],
  refusal: SecurityEvent,
  run: () => Promise<Result<T>>,
): Promise<Result<T>> {
  let waitMs = Number.POSITIVE_INFINITY;
  for (const subjects of ways) {
    const taken = await attempts.take(subjects, now());
    if (taken.done) {
      const result = await run();
      if ('ok' in result) await attempts.giveBack(subjects, now());
      return result;
    }
    waitMs = Math.min(waitMs, taken.waitMs);
    await record({ ...refusal, reason: taken.usedUp.kind });
  }
  return fail('too_many_attempts', undefined, waitMs);
}
