/** A figure over time: seconds since the beginning, and values. */
export type Series = readonly (readonly [seconds: number, value: number])[];

export interface Trend {
  /** The mean of the values. */
  readonly mean: number;
  /** How much a straight line through them rises from the first to the last. */
  readonly rise: number;
  /** The rise over its standard error (Student's t). Above 3, chance alone makes it in one of some hundred cases at most. */
  readonly t: number;
  /** The mean of the last quarter over that of the first one. */
  readonly ratio: number;
}

/** Fits a straight line by least squares. */
function trendOf(series: Series): Omit<Trend, 'ratio'> {
  const n = series.length;
  const meanX = series.reduce((sum, [x]) => sum + x, 0) / n;
  const meanY = meanOf(series);
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
  const quarter = Math.ceil(series.length / 4);
  const ratio = meanOf(series.slice(-quarter)) / meanOf(series.slice(0, quarter));
  return { ...trend, ratio, isGrowing: trend.t > 3 && trend.rise > tolerance * trend.mean };
}

function meanOf(series: Series): number {
  return series.reduce((sum, [, value]) => sum + value, 0) / series.length;
}
