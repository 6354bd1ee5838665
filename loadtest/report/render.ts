import type { ArtilleryReport, Period } from './artillery-report.ts';
import { escapeHtml, type Line, number, svgOf } from './chart.ts';

export interface About {
  readonly title: string;
  readonly target: string;
  /** The conditions that had to hold, and whether each did. */
  readonly checks: readonly { readonly condition: string; readonly holds: boolean }[];
}

/** Counters in the order in which they are shown, and what each is. */
const counts = [
  ['storm.sent', 'messages sent'],
  ['storm.acked', 'acknowledged'],
  ['storm.delivered', 'deliveries'],
  ['storm.lost', 'lost'],
  ['storm.doubled', 'doubled'],
  ['storm.out_of_order', 'out of order'],
  ['storm.unanswered', 'unanswered'],
  ['storm.requests', 'requests'],
  ['storm.failed', 'failed requests'],
  ['vusers.created', 'users'],
  ['vusers.failed', 'failed users'],
] as const;

/** A page with the figures and charts of a load test. It has all that it needs, and is readable in the light and in the dark. */
export function renderReport({ aggregate, intermediate }: ArtilleryReport, { title, target, checks }: About): string {
  const startedAt = aggregate.firstCounterAt ?? Number(intermediate[0]?.period ?? 0);
  const perSecond = (counter: string, name: string): Line =>
    line(intermediate, startedAt, name, (period, seconds) =>
      period.counters[counter] === undefined ? undefined : period.counters[counter] / seconds,
    );
  const percentile = (summary: string, key: 'p50' | 'p95' | 'p99'): Line =>
    line(intermediate, startedAt, key, (period) => period.summaries[summary]?.[key]);
  const timings = Object.entries(aggregate.summaries).filter(([name]) => name.startsWith('storm.'));
  const errors = Object.entries(aggregate.counters).filter(([name]) => name.startsWith('errors.'));
  const seconds = ((aggregate.lastCounterAt ?? startedAt) - startedAt) / 1_000;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title><style>${style}</style></head><body>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(target)}, ${new Date(startedAt).toISOString()}, ${number(seconds)} s</p>
<h2>What had to hold</h2>
<table>${checks.map(({ condition, holds }) => row([holds ? '✓' : '✗ broken', condition], holds ? '' : 'broken')).join('')}</table>
<h2>Counts</h2>
<table>${counts.map(([counter, name]) => row([name, number(aggregate.counters[counter] ?? 0)])).join('')}</table>
<h2>Times in ms</h2>
<p>Those of messages count from the time at which the message was due.</p>
<table><tr>${['', 'count', 'p50', 'p95', 'p99', 'longest'].map((name) => `<th>${name}</th>`).join('')}</tr>
${timings.map(([name, { count, p50, p95, p99, max }]) => row([label(name), ...[count, p50, p95, p99, max].map(number)])).join('\n')}</table>
${chart('Messages', 'per second', [perSecond('storm.sent', 'sent'), perSecond('storm.acked', 'acknowledged'), perSecond('storm.delivered', 'deliveries')])}
${timings.map(([name]) => chart(label(name), 'ms', [percentile(name, 'p50'), percentile(name, 'p95'), percentile(name, 'p99')])).join('\n')}
${errors.length === 0 ? '' : `<h2>Failures</h2><table>${errors.map(([name, count]) => row([name.slice('errors.'.length), number(count)])).join('')}</table>`}
</body></html>
`;
}

/** The values of the periods. Those in which nothing was counted are left out. */
function line(
  periods: readonly Period[],
  startedAt: number,
  name: string,
  measure: (period: Period, seconds: number) => number | undefined,
): Line {
  const points = periods.flatMap((period, i) => {
    const at = Number(period.period);
    const next = Number(periods[i + 1]?.period ?? at + (at - Number(periods[i - 1]?.period ?? at - 1_000)));
    const value = measure(period, Math.max(1, (next - at) / 1_000));
    return value === undefined ? [] : [[Math.max(0, (at - startedAt) / 1_000), value] as const];
  });
  return { name, points };
}

const label = (name: string): string =>
  name
    .replace(/^storm\./, '')
    .replace(/_ms$/, '')
    .replaceAll('_', ' ');

function row(cells: readonly string[], className = ''): string {
  return `<tr class="${className}">${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`;
}

function chart(title: string, unit: string, lines: readonly Line[]): string {
  return `<figure><figcaption>${escapeHtml(`${title}, ${unit}`)}</figcaption>${svgOf(title, unit, lines)}</figure>`;
}

const style = `
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 760px; margin: 2rem auto; padding: 0 1rem; background: Canvas; color: CanvasText; }
table { border-collapse: collapse; } td, th { padding: 2px 12px 2px 0; text-align: left; font-variant-numeric: tabular-nums; }
.broken { font-weight: 700; } figure { margin: 2rem 0; } figcaption { font-weight: 600; } svg { width: 100%; height: auto; }
`;
