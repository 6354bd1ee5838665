import type { UserState } from './ports.ts';

/** Whether a user may have push subscriptions. `now` is in ms since 1970. */
export function isSubscribed({ pushUntil = 0 }: Pick<UserState, 'pushUntil'>, now: number): boolean {
  return pushUntil > now;
}
