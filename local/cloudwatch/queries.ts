import { StackError } from '../types.ts';
import { type Names, parseExpression, type Series } from './expression.ts';
import type { Figures, Metric, Statistic } from './figures.ts';

/** What an alarm or a widget asks for: statistics of a metric, or an expression of others. */
export interface Query {
  readonly id: string;
  readonly from:
    | { readonly metric: Metric; readonly statistic: Statistic }
    | { readonly expression: ReturnType<typeof parseExpression> };
}

export function expressionQuery(id: string, text: string): Query {
  return { id, from: { expression: parseExpression(text) } };
}

type Times = readonly number[];

/** Returns the values of a query for periods of `periodMs` that end at `ends`. @throws StackError for ids that refer to each other. */
export function valuesOf(id: string, queries: readonly Query[], figures: Figures, periodMs: number, ends: Times) {
  const known = new Map<string, Series>();
  const names: Names = {
    series(wanted) {
      const found = known.get(wanted);
      if (found) return found;
      const query = queries.find((each) => each.id === wanted);
      if (!query) throw new StackError(`There is no metric ${wanted}.`);
      known.set(wanted, []);
      const { from } = query;
      const values =
        'metric' in from ? figures.statistics(from.metric, from.statistic, periodMs, ends) : from.expression(names);
      known.set(wanted, values);
      return values;
    },
    all: () => queries.filter(({ from }) => 'metric' in from).map((query) => names.series(query.id)),
    periodSeconds: periodMs / 1000,
    length: ends.length,
    quota(wanted) {
      const from = queries.find((each) => each.id === wanted)?.from;
      return from && 'metric' in from ? figures.quotas.get(from.metric.dimensions['Resource'] ?? '') : undefined;
    },
  };
  return names.series(id);
}
