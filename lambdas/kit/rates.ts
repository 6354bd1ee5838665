import * as z from 'zod/mini';
import { setting } from './environment.ts';

const rate = z.object({ perSecond: z.number(), burst: z.number() });

/** What one person may do, as the stage has it (lib/settings.ts says what each is for). */
export const Rates = z.object({
  messages: rate,
  frames: rate,
  revisions: rate,
  conversations: rate,
  membersAdded: rate,
  searches: rate,
});

export type Rates = z.infer<typeof Rates>;

/** Throws when the template gives none, or others. */
export function rates(): Rates {
  return Rates.parse(JSON.parse(setting('RATES')));
}
