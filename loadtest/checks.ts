import type { ArtilleryReport } from './report/artillery-report.ts';

/** A condition as `thresholds.ts` writes them: a metric, a comparison, and a number or a share of another metric. */
const pattern = /^([\w.]+) (<=|==) (?:([\w.]+) \* )?([\d.]+)$/;

/** Evaluates conditions for the report, as the plugin `ensure` does for the exit code. */
export function checksOf({ aggregate }: ArtilleryReport, conditions: readonly string[]) {
  const valueIn = (name: string): number | undefined => {
    const [, summary, statistic] = /^(.*)\.(p50|p95|p99|max)$/.exec(name) ?? [];
    if (summary === undefined) return aggregate.counters[name];
    const { p50, p95, p99, max } = aggregate.summaries[summary] ?? {};
    return { p50, p95, p99, max }[statistic ?? ''];
  };
  return conditions.map((condition) => {
    const [, metric = '', operator, base, number] = pattern.exec(condition) ?? [];
    if (operator === undefined) throw new Error(`"${condition}" can't be evaluated.`);
    const value = valueIn(metric);
    const limit = Number(number) * (base === undefined ? 1 : (valueIn(base) ?? Number.NaN));
    const holds = value !== undefined && (operator === '==' ? value === limit : value <= limit);
    return {
      condition: `${condition} (${value === undefined ? 'not measured' : Number(value.toPrecision(4))})`,
      holds,
    };
  });
}
