import type { Result } from '#protocol/failures.ts';
import type { Attempt, Attempts } from './ports.ts';

/**
 * How many failures are allowed in a window, which starts with the first one. The limit of an address is high because many people
 * may share it.
 */
export const attemptLimits = { account: 10, address: 300, windowSeconds: 15 * 60 } as const;

/** An account or an address for which attempts are counted. */
export interface Subject {
  readonly name: string;
  readonly limit: number;
}

/** The subject of an account. `key` is its id, or a stand-in for a login that nobody has: both are limited alike. */
export function accountSubject(key: string): Subject {
  return { name: `account#${key}`, limit: attemptLimits.account };
}

export function addressSubject(address: string): Subject {
  return { name: `address#${address}`, limit: attemptLimits.address };
}

/** The subject of one login, for guesses at the password by who has its access token. */
export function confirmationSubject(familyId: string): Subject {
  return { name: `confirmation#${familyId}`, limit: attemptLimits.account };
}

/**
 * Runs something that may be a guess. The attempt is counted for every subject before it runs, so that guesses at the same time
 * can't exceed a limit. The count is taken back if the attempt succeeds, or if one of the subjects refuses it. The address should
 * be the first subject: if it is refused, no counter of anyone else is touched. The error of a refusal is `too_many_attempts`.
 */
export async function limited<T>(
  attempts: Attempts,
  subjects: readonly Subject[],
  now: number,
  run: () => Promise<Result<T>>,
): Promise<Result<T>> {
  const counted: Attempt[] = [];
  const giveBack = () => Promise.all(counted.map((attempt) => attempts.giveBack(attempt)));
  for (const { name, limit } of subjects) {
    const attempt = await attempts.count(name, limit, now);
    if ('error' in attempt) {
      await giveBack();
      return attempt;
    }
    counted.push(attempt.ok);
  }
  const result = await run();
  if ('ok' in result) await giveBack();
  return result;
}
