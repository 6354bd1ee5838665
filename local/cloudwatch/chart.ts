import { escapeHtml } from '../console/escape-html.ts';
import type { Widget } from './dashboard.ts';
import type { Series } from './expression.ts';

interface ChartLine {
  readonly label: string;
  readonly axis: 'left' | 'right';
  readonly values: Series;
}
type Options = Pick<Extract<Widget['content'], { kind: 'graph' | 'numbers' }>, 'stacked' | 'limits'>;

const [width, height, top, bottom] = [400, 150, 12, 138];
/** Hues that can be told apart; lines of the right axis are dashed besides. */
const hues = [268, 150, 60, 320, 200, 25, 100, 240];
const colour = (i: number) => `oklch(62% .16 ${hues[i % hues.length]})`;

/** Draws lines over time as SVG, from 0 to the highest value, and tells the last value of each beside its name. */
export function chart(given: readonly ChartLine[], { stacked, limits }: Options): string {
  const lines = stacked ? piled(given) : given;
  const highest = (axis: ChartLine['axis'], more: readonly number[]) => {
    const values = lines.filter((line) => line.axis === axis).flatMap(({ values }) => values);
    return Math.max(0, ...values.map((value) => value ?? 0), ...more) || 1;
  };
  // A limit that is far above all values would press them to the ground.
  const tops = { left: highest('left', []), right: highest('right', []) };
  const near = limits.filter(({ value }) => value <= 2 * tops.left);
  const nearby = near.map(({ value }) => value);
  tops.left = highest('left', nearby);
  const yOf = (value: number, axis: ChartLine['axis']) => bottom - (Math.max(0, value) / tops[axis]) * (bottom - top);
  const drawn = lines.map(({ axis, values }, i) =>
    path(values, (value) => yOf(value, axis), colour(i), axis === 'right'),
  );
  const marks = near.map(({ value, label = '' }) => {
    const y = yOf(value, 'left').toFixed(1);
    return `<line class="limit" x1="0" x2="${width}" y1="${y}" y2="${y}" stroke-dasharray="4 4"/><text x="${width}" y="${y}" dy="-2" text-anchor="end">${escapeHtml(label)}</text>`;
  });
  const hasRight = lines.some(({ axis }) => axis === 'right');
  const scale = `<line class="axis" x1="0" x2="${width}" y1="${bottom}" y2="${bottom}"/><text x="0" y="9">${shown(tops.left)}</text>${hasRight ? `<text x="${width}" y="9" text-anchor="end">${shown(tops.right)}</text>` : ''}<text x="0" y="149">3 h ago</text><text x="${width}" y="149" text-anchor="end">now</text>`;
  const legend = given.map(
    ({ label, values }, i) =>
      `<li><span style="color:${colour(i)}">●</span> ${escapeHtml(label)} <b>${shown(values.at(-1))}</b></li>`,
  );
  return `<svg viewBox="0 0 ${width} ${height}" aria-hidden="true">${scale}${marks.join('')}${drawn.join('')}</svg><ul>${legend.join('')}</ul>`;
}

/** Each line begins on top of those before it. */
function piled(lines: readonly ChartLine[]): ChartLine[] {
  const sums: number[] = [];
  return lines.map((line) => ({
    ...line,
    values: line.values.map((value, i) => {
      sums[i] = (sums[i] ?? 0) + (value ?? 0);
      return value === undefined ? undefined : sums[i];
    }),
  }));
}

/** A line has a gap where there is no value. One value alone is a dot. */
function path(values: Series, yOf: (value: number) => number, stroke: string, dashed: boolean): string {
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  let isGap = true;
  const commands = values.map((value, i) => {
    if (value === undefined) {
      isGap = true;
      return '';
    }
    const at = `${(i * step).toFixed(1)} ${yOf(value).toFixed(1)}`;
    const command = isGap ? `M${at}L${at}` : `L${at}`;
    isGap = false;
    return command;
  });
  return `<path d="${commands.join('')}" fill="none" stroke="${stroke}" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"${dashed ? ' stroke-dasharray="5 3"' : ''}/>`;
}

/** A number in few characters. */
export function shown(value: number | undefined): string {
  if (value === undefined) return '–';
  return new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 }).format(value);
}
