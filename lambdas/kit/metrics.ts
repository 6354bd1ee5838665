import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

const metrics = new Metrics();

/** Counts changes that a newer version has stored and this one can't show. It is the `onUnknown` of `createChanges`. */
export function countUnknownChanges(changes: number): void {
  count({ UnknownChange: changes });
}

/** Writes counts of metrics as one log line in CloudWatch's embedded metric format. Counts of 0 are left out. */
export function count(counts: Readonly<Record<string, number>>): void {
  const some = Object.entries(counts).filter(([, value]) => value > 0);
  if (some.length === 0) return;
  for (const [name, value] of some) metrics.addMetric(name, MetricUnit.Count, value);
  metrics.publishStoredMetrics();
}
