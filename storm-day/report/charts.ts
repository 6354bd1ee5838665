import { svgOf } from '#loadtest/report/chart.ts';
import type { Results } from './results.ts';

/** The pictures of the report, by the names of their files. */
export function chartsOf({ timeline, phases }: Results): Readonly<Record<string, string>> {
  type Point = (typeof timeline)[number];
  const line = (name: string, measure: (point: Point) => number | undefined) => ({
    name,
    points: timeline.flatMap((point) => {
      const value = measure(point);
      return value === undefined ? [] : [[point.at, value] as const];
    }),
  });
  const spans = phases.map(({ name, from, to }) => ({ name, from, to }));
  return {
    'deliveries.svg': svgOf('Deliveries', 'per second', [line('deliveries', ({ delivered }) => delivered)], { spans }),
    'latency.svg': svgOf(
      'From when a message was due until it was there',
      'ms',
      [line('p99', ({ deliveryP99 }) => deliveryP99), line('p50', ({ deliveryP50 }) => deliveryP50)],
      { spans, scale: 'log' },
    ),
    'acknowledged.svg': svgOf(
      'From when a message was due until it was acknowledged',
      'ms',
      [line('p99', ({ ackP99 }) => ackP99), line('p50', ({ ackP50 }) => ackP50)],
      { spans, scale: 'log' },
    ),
    'offline.svg': svgOf('Clients without a connection', 'clients', [line('offline', ({ offline }) => offline)], {
      spans,
    }),
  };
}
