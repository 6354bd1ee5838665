import { type Duration, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { type MetricName, namespace } from '#core/metrics.ts';

/** A metric of our own, of the stack that a construct belongs to. `statistic` is `Sum`, `p95`, … (`core/metrics.ts`). */
export function ownMetric(scope: Construct, metricName: MetricName, statistic: string, period: Duration): Metric {
  return new Metric({
    namespace,
    metricName,
    dimensionsMap: { service: Stack.of(scope).stackName },
    statistic,
    period,
  });
}
