import type { Failure } from '#client/index.ts';
import { failureMessage } from './failure-messages.ts';

/** The failures that are about what stands in a certain field. All others concern the whole form. */
const fields: Partial<Record<Failure['code'], 'username' | 'password' | 'new-password'>> = {
  username_taken: 'username',
  bad_credentials: 'password',
  weak_password: 'new-password',
};

/** The text of a failure that is about this field. */
export function fieldFailure(
  failure: Failure | undefined,
  field: (typeof fields)[Failure['code']],
): string | undefined {
  return failure && fields[failure.code] === field ? failureMessage(failure) : undefined;
}

/** The text of a failure that is about no field. */
export function formFailure(failure: Failure | undefined): string {
  return failure && fields[failure.code] === undefined ? failureMessage(failure) : '';
}
