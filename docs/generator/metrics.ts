import { readFileSync } from 'node:fs';
import { metrics } from '#core/metrics.ts';

const marker = '<!-- Below: written by `npm run documents`. -->\n';

/** Returns `docs/metrics.md`: the part that people write, and below it the list in `core/metrics.ts`. */
export function metricsList(): string {
  const [written] = readFileSync(new URL('../metrics.md', import.meta.url), 'utf8').split(marker);
  const rows = Object.entries(metrics).map(
    ([name, { kind, unit, about }]) => `| \`${name}\` | ${kind} | ${unit} | ${about} |\n`,
  );
  return `${written}${marker}\n| metric | kind | unit | what it says |\n|---|---|---|---|\n${rows.join('')}`;
}
