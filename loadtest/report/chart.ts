/** A line of a chart: its points, as seconds since the start and a value. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [seconds: number, value: number])[];
}

export interface ChartOptions {
  /** Where something began and ended, in seconds since the start. Each is marked and named. */
  readonly spans?: readonly { readonly name: string; readonly from: number; readonly to: number }[];
  /** With `log` each step of the axis is ten times the one before. */
  readonly scale?: 'linear' | 'log';
}

const size = { width: 760, height: 260, left: 64, right: 96, top: 16, bottom: 28 };
const plot = { width: size.width - size.left - size.right, height: size.height - size.top - size.bottom };
/** How lines differ, for those who don't see colours or print the page. */
const dashes = ['none', '6 3', '2 3', '8 3 2 3'];

/**
 * Draws lines over time as an SVG of its own: it can be a file or stand in a page, and has colours for the light and the dark.
 */
export function svgOf(title: string, unit: string, lines: readonly Line[], options: ChartOptions = {}): string {
  const { spans = [], scale = 'linear' } = options;
  const points = lines.flatMap((line) => line.points);
  const lastSecond = Math.max(1, ...points.map(([seconds]) => seconds), ...spans.map(({ to }) => to));
  const ticks = ticksUpTo(Math.max(...points.map(([, value]) => value), 1), scale);
  const top = ticks.at(-1) ?? 1;
  const share =
    scale === 'log' ? (value: number) => Math.log(Math.max(1, value)) / Math.log(top) : (value: number) => value / top;
  const x = (seconds: number) => size.left + (seconds / lastSecond) * plot.width;
  const y = (value: number) => size.top + (1 - share(value)) * plot.height;
  const grid = ticks.map((tick) => {
    const at = y(tick).toFixed(1);
    return `<line class="grid" x1="${size.left}" x2="${size.left + plot.width}" y1="${at}" y2="${at}"/>
<text x="${size.left - 6}" y="${at}" dy="0.35em" text-anchor="end">${number(tick)}</text>`;
  });
  const times = [0, 0.25, 0.5, 0.75, 1].map(
    (part) =>
      `<text x="${x(part * lastSecond).toFixed(1)}" y="${size.height - 8}" text-anchor="middle">${number(Math.round(part * lastSecond))} s</text>`,
  );
  const marked = spans.map(({ name, from, to }, i) => {
    const [left, width] = [x(from), x(to) - x(from)];
    const middle = (left + width / 2).toFixed(1);
    return `<rect class="span${i % 2}" x="${left.toFixed(1)}" y="${size.top}" width="${width.toFixed(1)}" height="${plot.height}"/>
<text class="name" transform="translate(${middle} ${size.top + 4}) rotate(90)" dy="0.35em">${escapeHtml(name)}</text>`;
  });
  const ends = labelHeights(lines.map((line) => y(line.points.at(-1)?.[1] ?? 0)));
  const drawn = lines.map((line, i) => {
    const path = line.points.map(([seconds, value]) => `${x(seconds).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
    return `<polyline class="line${i}" points="${path}" stroke-dasharray="${dashes[i % dashes.length]}"/>
<text class="label${i}" x="${size.left + plot.width + 6}" y="${ends[i]?.toFixed(1)}" dy="0.35em">${escapeHtml(line.name)}</text>`;
  });
  const label = escapeHtml(`${title}, ${unit}`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${label}">
<style>${style}</style><title>${label}</title><rect class="paper" width="${size.width}" height="${size.height}"/>
${[...marked, ...grid, ...times, ...drawn].join('\n')}
</svg>
`;
}

const style = `
svg { --ink: #1f2328; --paper: #fff; --c0: #0b57d0; --c1: #b3261e; --c2: #146c2e; --c3: #6f42c1; }
@media (prefers-color-scheme: dark) { svg { --ink: #e6edf3; --paper: #0d1117; --c0: #8ab4f8; --c1: #f2b8b5; --c2: #81c995; --c3: #d2a8ff; } }
text { font: 11px system-ui, sans-serif; fill: var(--ink); } .name { font-size: 9px; opacity: 0.75; }
.paper { fill: var(--paper); } .grid { stroke: var(--ink); opacity: 0.2; }
.span0 { fill: var(--ink); opacity: 0.05; } .span1 { fill: var(--ink); opacity: 0.11; }
polyline { fill: none; stroke-width: 1.6; }
${[0, 1, 2, 3].map((i) => `.line${i} { stroke: var(--c${i}); } .label${i} { fill: var(--c${i}); }`).join('\n')}
`;

/** The values that the axis names: four steps up to a round number, or powers of ten. */
function ticksUpTo(value: number, scale: 'linear' | 'log'): number[] {
  if (scale === 'log') return Array.from({ length: Math.max(1, Math.ceil(Math.log10(value))) + 1 }, (_, i) => 10 ** i);
  const power = 10 ** Math.floor(Math.log10(value));
  const top = ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power;
  return [0, 0.25, 0.5, 0.75, 1].map((part) => part * top);
}

/** Moves labels apart that would cover each other. */
function labelHeights(heights: readonly number[]): number[] {
  const placed: number[] = [];
  const order = heights.map((height, i) => ({ height, i })).sort((a, b) => a.height - b.height);
  let above = Number.NEGATIVE_INFINITY;
  for (const { height, i } of order) {
    above = Math.max(height, above + 14);
    placed[i] = above;
  }
  return placed;
}

export const number = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 2 : 0 });

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
