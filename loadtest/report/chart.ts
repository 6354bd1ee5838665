/** A line of a chart: its points, as seconds since the start and a value. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [seconds: number, value: number])[];
}

const size = { width: 720, height: 240, left: 64, right: 120, top: 16, bottom: 28 };
const plot = { width: size.width - size.left - size.right, height: size.height - size.top - size.bottom };
/** How lines differ, for those who don't see colours or print the page. */
const dashes = ['none', '6 3', '2 3', '8 3 2 3'];

/** Draws lines over time as an SVG that has its colours from the page: `currentColor`, and the classes `line0`, `line1`, … */
export function lineChart(title: string, unit: string, lines: readonly Line[]): string {
  const points = lines.flatMap((line) => line.points);
  const lastSecond = Math.max(1, ...points.map(([seconds]) => seconds));
  const top = niceTop(Math.max(0, ...points.map(([, value]) => value)));
  const x = (seconds: number) => size.left + (seconds / lastSecond) * plot.width;
  const y = (value: number) => size.top + (1 - value / top) * plot.height;
  const steps = [0, 0.25, 0.5, 0.75, 1];
  const grid = steps.map((step) => {
    const at = y(step * top).toFixed(1);
    return `<line class="grid" x1="${size.left}" x2="${size.left + plot.width}" y1="${at}" y2="${at}"/>
<text x="${size.left - 6}" y="${at}" dy="0.35em" text-anchor="end">${number(step * top)}</text>`;
  });
  const times = steps.map(
    (step) =>
      `<text x="${x(step * lastSecond).toFixed(1)}" y="${size.height - 8}" text-anchor="middle">${number(step * lastSecond)} s</text>`,
  );
  const ends = labelHeights(lines.map((line) => y(line.points.at(-1)?.[1] ?? 0)));
  const drawn = lines.map((line, i) => {
    const path = line.points.map(([seconds, value]) => `${x(seconds).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
    return `<polyline class="line${i}" points="${path}" stroke-dasharray="${dashes[i % dashes.length]}"/>
<text class="label${i}" x="${size.left + plot.width + 6}" y="${ends[i]?.toFixed(1)}" dy="0.35em">${escapeHtml(line.name)}</text>`;
  });
  const label = `${title}, ${unit}`;
  return `<figure><figcaption>${escapeHtml(label)}</figcaption>
<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${escapeHtml(label)}">
${[...grid, ...times, ...drawn].join('\n')}
</svg></figure>`;
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

/** The next of 1, 2, 5, 10, 20, … times a power of ten. */
function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value || 1));
  return ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power;
}

export const number = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 2 : 0 });

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
