import type { Result } from '#protocol/failures.ts';
import type { Attempt, Attempts } from './ports.ts';

/** Failures that are let pass in a window; it starts with the first one. Many people may share an address. */
export const attemptLimits = { account: 10, address: 300, windowSeconds: 15 * 60 } as const;

/** Something that attempts are counted for. */
export interface Subject {
  readonly name: string;
  readonly limit: number;
}

/** An account, or what stands for one that doesn't exist: both are limited alike. */
export function accountSubject(key: string): Subject {
  return { name: `account#${key}`, limit: attemptLimits.account };
}

export function addressSubject(address: string): Subject {
  return { name: `address#${address}`, limit: attemptLimits.address };
}

/**
 * Does something that may be a guess, counting it for every subject before it is done, so that guesses at the same time
 * can't exceed a limit. What succeeds was no guess and is given back, as is what one of the subjects refuses. The guesser's
 * address comes first: when that is refused, nobody else's counter is touched.
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
