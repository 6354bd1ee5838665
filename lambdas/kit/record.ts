import { type Activities, activityEntry } from '#core/accounts/activity.ts';
import type { RecordEvent } from '#core/security/events.ts';
import { logSecurity } from './security-log.ts';

/** Records security events in the log, and in the recent activity of the person if it is theirs to see. */
export function recorder(activities: Pick<Activities, 'note'>): RecordEvent {
  return async (event) => {
    logSecurity(event);
    const entry = activityEntry(event, Date.now());
    if (entry && event.userId !== undefined) await activities.note(event.userId, entry);
  };
}
