import { Duration, type Stack } from 'aws-cdk-lib';
import { type IMetric, MathExpression, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { MetricName } from '#core/metrics.ts';
import { AppFunction } from '#lib/constructs/app-function.ts';
import { ownMetric } from '#lib/constructs/own-metric.ts';
import { WorkQueue } from '#lib/constructs/work-queue.ts';
import type { Foundation } from '#lib/foundation.ts';
import { pascalCase } from '#lib/names.ts';

/** Where the numbers of dashboards come from: metrics of this stack only, for one period. */
export function sourcesOf(
  { stack, settings, tables, socket, http }: Foundation,
  period: Duration = Duration.minutes(1),
) {
  const fn = (name: string) => find(stack, pascalCase(name), AppFunction);
  const own = (name: MetricName, statistic = 'Sum') => ownMetric(stack, name, statistic, period);
  return {
    /** What API Gateway takes from this stage, all APIs and posts to sockets together. */
    requestsPerSecond: settings.requestsPerSecond,
    own,
    /** A time in ms, as its median, 95th and 99th percentile. */
    percentiles: (metric: (statistic: string) => Metric) =>
      ['p50', 'p95', 'p99'].map((statistic) => metric(statistic).with({ label: statistic })),
    socket: (name: string, statistic = 'Sum') => socket.metric(name, statistic, period),
    http: (name: string, statistic = 'Sum') => http.metric(name, statistic, period),
    /** A metric of a function, by its folder below `lambdas/`. */
    fn: (name: string, metricName: string, statistic = 'Sum') =>
      fn(name).metric(metricName, { statistic, period, label: name }),
    memoryGb: (name: string) => fn(name).memoryMiB / 1_024,
    table: (name: Table['node']['id'], metricName: string, more: { Operation?: string } = {}, statistic = 'Sum') => {
      const table = tables.all.find(({ node }) => node.id === name);
      if (!table) throw new Error(`There is no table ${name}`);
      const dimensionsMap = { TableName: table.tableName, ...more };
      return table.metric(metricName, {
        statistic,
        period,
        dimensionsMap,
        label: [name, ...Object.values(more)].join(' '),
      });
    },
    tableNames: tables.all.map(({ node }) => node.id),
    /** The age of the oldest message in a queue, in seconds. */
    queueAge: (id: string) =>
      find(stack, id, WorkQueue).queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum', period, label: id }),
    expression: (label: string, expression: string, usingMetrics: Record<string, IMetric>) =>
      new MathExpression({ label, expression, usingMetrics, period }),
  };
}

export type Sources = ReturnType<typeof sourcesOf>;

// biome-ignore lint/suspicious/noExplicitAny: a constructor of any arguments
function find<T>(stack: Stack, id: string, type: new (...args: any[]) => T): T {
  const found = stack.node.tryFindChild(id);
  if (!(found instanceof type)) throw new Error(`The stack has no ${type.name} ${id}`);
  return found;
}
