import { locale } from '#web/words/locale.ts';
import { words } from '#web/words/ui.ts';

const time = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat(locale, { weekday: 'long' });
const shortWeekday = new Intl.DateTimeFormat(locale, { weekday: 'short' });
const date = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' });
const dateWithYear = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: 'numeric' });
const shortDate = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });

/** The number of midnights between a time and now, in the person's time zone. */
function daysAgo(then: Date): number {
  const midnight = (at: Date) => new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
  return Math.round((midnight(new Date()) - midnight(then)) / 86_400_000);
}

/** A number that is the same for all times of a day, in the person's time zone. */
export function dayOf(iso: string): number {
  const at = new Date(iso);
  return at.getFullYear() * 10_000 + at.getMonth() * 100 + at.getDate();
}

/** `14:05`, or as the person's locale writes it. */
export function formatTime(iso: string): string {
  return time.format(new Date(iso));
}

/** `Today`, `Yesterday`, `Monday`, `Saturday, 3 May`, `3 May 2024`. */
export function formatDay(iso: string): string {
  const then = new Date(iso);
  const days = daysAgo(then);
  if (days <= 0) return words.today;
  if (days === 1) return words.yesterday;
  if (days < 7) return weekday.format(then);
  return (then.getFullYear() === new Date().getFullYear() ? date : dateWithYear).format(then);
}

/** Short enough for a list: `14:05`, `Mon`, `3 May`. */
export function formatShort(iso: string): string {
  const then = new Date(iso);
  const days = daysAgo(then);
  if (days <= 0) return time.format(then);
  return (days < 7 ? shortWeekday : shortDate).format(then);
}

/** `last seen at 14:05`, `last seen yesterday at 14:05`, `last seen on Saturday, 3 May`. */
export function formatLastSeen(iso: string): string {
  const days = daysAgo(new Date(iso));
  if (days <= 0) return words.seenAt(formatTime(iso));
  if (days === 1) return words.seenYesterday(formatTime(iso));
  return words.seenOn(formatDay(iso));
}

/** `0:07`, `12:34`, of seconds. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
