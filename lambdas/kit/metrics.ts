import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

const metrics = new Metrics();

/** For `createChanges`: changes that a newer version stored, which nobody sees through this one. */
export function countUnknownChanges(changes: number): void {
  count({ UnknownChange: changes });
}

/** Writes counts as one metric line (CloudWatch embedded metric format); zeros are left out. */
export function count(counts: Readonly<Record<string, number>>): void {
  const some = Object.entries(counts).filter(([, value]) => value > 0);
  if (some.length === 0) return;
  for (const [name, value] of some) metrics.addMetric(name, MetricUnit.Count, value);
  metrics.publishStoredMetrics();
}
