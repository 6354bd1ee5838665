import { isoTime } from '#core/clock.ts';
import type { Activity, ActivityType } from '#protocol/credentials.ts';

/** Something that happened to an account. `at` is in ms since 1970. */
export interface ActivityEntry {
  readonly type: ActivityType;
  readonly at: number;
  readonly device: string;
}

/** Recent activity. Entries are kept for `limits.activityDays`. */
export interface Activities {
  note(userId: string, entry: ActivityEntry): Promise<void>;
  /** The newest `limits.activityEvents` entries, newest first. */
  newest(userId: string): Promise<ActivityEntry[]>;
}

export async function activityOf(activities: Pick<Activities, 'newest'>, userId: string): Promise<Activity['events']> {
  const entries = await activities.newest(userId);
  return entries.map((entry) => ({ ...entry, at: isoTime(entry.at) }));
}
