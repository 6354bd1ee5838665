import type { Rate } from '#core/rate-limits/token-bucket.ts';
import type { Result } from '#protocol/failures.ts';

const perHour = (mails: number) => mails / 3600;

/** How often mails can be asked for: from one network, without a login, and by one account. */
export const askingRates = {
  network: { burst: 30, perSecond: perHour(60) },
  account: { burst: 5, perSecond: perHour(5) },
} satisfies Record<string, Rate>;

/**
 * How many mails one mailbox gets, whoever asks for them. Links and notices count apart: whoever asks for links in somebody's name
 * can't use up the notices that tell of it.
 */
export const mailboxRates = {
  links: { burst: 3, perSecond: perHour(3) },
  notices: { burst: 10, perSecond: perHour(10) },
} satisfies Record<string, Rate>;

export interface MailLimits {
  /** Takes one mail of what a key may have. Error: `rate_limited`, with the time to wait. `now` is in ms since 1970. */
  take(key: string, rate: Rate, now: number): Promise<Result<void>>;
}
