import { isoTime } from '#core/clock.ts';
import type { SecurityEvent } from '#core/security/events.ts';
import { type Activity, type ActivityType, activityTypes } from '#protocol/credentials.ts';
import { unknownDevice } from './device.ts';

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

/** The entry for a security event of a person, if it is one that they get to see. */
export function activityEntry({ name, device }: SecurityEvent, at: number): ActivityEntry | undefined {
  const type = activityTypes.find((type) => type === name);
  return type && { type, at, device: device ?? unknownDevice };
}

export async function activityOf(activities: Pick<Activities, 'newest'>, userId: string): Promise<Activity['events']> {
  const entries = await activities.newest(userId);
  return entries.map((entry) => ({ ...entry, at: isoTime(entry.at) }));
}
