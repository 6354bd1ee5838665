import { locale } from '#web/words/locale.ts';

const formatUnit = (value: number, unit: string, unitDisplay: 'short' | 'long') =>
  new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay }).format(value);

/** `15 MB`. */
export function formatMegabytes(bytes: number): string {
  return formatUnit(bytes / 1024 ** 2, 'megabyte', 'short');
}

/** `1 second`, `40 seconds`, `2 minutes`, `3 hours`: rounded up, so that somebody who waits so long waits long enough. */
export function formatWait(ms = 60_000): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  const minutes = Math.ceil(seconds / 60);
  if (seconds < 60) return formatUnit(seconds, 'second', 'long');
  return minutes < 60 ? formatUnit(minutes, 'minute', 'long') : formatUnit(Math.ceil(minutes / 60), 'hour', 'long');
}
