import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';
import { fail } from '#protocol/failures.ts';

// `zod/mini` has no messages by default.
z.config(en());

/** The longest message, in UTF-16 code units. A message repeats parts of the input, and the answer has to fit into a frame. */
const maxLength = 500;

/** The failure `bad_request` with a message for developers: what is wrong in the input, and where. */
export function invalid({ issues }: z.core.$ZodError) {
  const reasons = issues.flatMap(closest).map(({ path, message }) => {
    return path.length > 0 ? `${path.join('.')}: ${message}` : message;
  });
  return fail('bad_request', reasons.join('; ').slice(0, maxLength));
}

/** Of input that fits none of several shapes, what is wrong with the shape that it is closest to: zod only says that it fits none. */
function closest(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  const shapes = issue.code === 'invalid_union' ? issue.errors.toSorted((a, b) => a.length - b.length) : [];
  return shapes[0] ?? [issue];
}
