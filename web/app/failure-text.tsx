import type { Failure } from '#client/index.ts';
import { failureMessage } from './failure-messages.ts';

/** A failure in words, for parts of the first load: so they needn't have the words of all failures in it. */
export function FailureText({ failure }: { failure: Failure }) {
  return <>{failureMessage(failure)}</>;
}
