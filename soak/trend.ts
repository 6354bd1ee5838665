/** A figure over time: seconds since the beginning, and values. */
export type Series = readonly (readonly [seconds: number, value: number])[];

export interface Trend {
  /** The mean of the values. */
  readonly mean: number;
  /** How much a straight line through them rises from the first to the last. */
  readonly rise: number;
  /** The rise over its standard error (Student's t). Above 3, chance alone makes it in one of some hundred cases at most. */
  readonly t: number;
}

/** Fits a straight line by least squares. */
function trendOf(series: Series): Trend {
  const n = series.length;
  const meanOf = (pick: (point: Series[number]) => number) => series.reduce((sum, point) => sum + pick(point), 0) / n;
  const [meanX, meanY] = [meanOf(([x]) => x), meanOf(([, y]) => y)];
  const sxx = series.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const slope = series.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / sxx;
  const rest = series.reduce((sum, [x, y]) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
  const error = Math.sqrt(rest / (n - 2) / sxx);
  const span = (series.at(-1)?.[0] ?? 0) - (series[0]?.[0] ?? 0);
  return { mean: meanY, rise: slope * span, t: error === 0 ? Math.sign(slope) * Number.MAX_VALUE : slope / error };
}

/**
 * Whether something grows: by more than the tolerance, a share of its mean, and not by chance. What is used up at the start (caches that
 * fill, code that is compiled) isn't growth, so the first third isn't looked at.
 */
export function grows(series: Series, tolerance: number): Trend & { readonly isGrowing: boolean } {
  const trend = trendOf(series.slice(Math.floor(series.length / 3)));
  return { ...trend, isGrowing: trend.t > 3 && trend.rise > tolerance * trend.mean };
}
