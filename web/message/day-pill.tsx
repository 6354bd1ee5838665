import { formatDay } from '#web/ui/dates.ts';
import type { Row } from './rows.ts';
import '#web/styles/day-pill.css';

/** The day of the first row in sight, above the list, unless that row is the heading which says it. For eyes alone: the headings are read. */
export function DayPill({ rows, from }: { rows: readonly Row[]; from: number }) {
  const first = rows.slice(from).find(({ kind }) => kind === 'message' || kind === 'day');
  if (first?.kind !== 'message') return null;
  return (
    <p class="day-pill" aria-hidden="true">
      {formatDay(first.message.sentAt)}
    </p>
  );
}
