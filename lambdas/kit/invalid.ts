import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';
import { fail } from '#protocol/failures.ts';

// The small build of zod has no words of its own.
z.config(en());

/** An answer must not outgrow a frame, however much of what was sent it names. */
const maxLength = 500;

/** `bad_request` that tells a developer what doesn't fit, and where. */
export function invalid({ issues }: z.core.$ZodError) {
  const reasons = issues.map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message));
  return fail('bad_request', reasons.join('; ').slice(0, maxLength));
}
