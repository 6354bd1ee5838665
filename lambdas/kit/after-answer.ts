import { asError, logger } from './log.ts';

/**
 * Lets work go on while the invocation answers. Lambda freezes the environment after the answer, and the rest of the work runs with the
 * next invocation, or never ("Understanding the Lambda execution environment lifecycle"). So it is for work that has been started, and
 * that somebody repeats if it is lost. A failure is logged.
 */
export async function afterAnswer(work: Promise<unknown>): Promise<void> {
  work.catch((error) => logger.warn('Work after an answer failed', { error: asError(error) }));
}
