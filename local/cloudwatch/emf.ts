import * as z from 'zod/mini';
import { parsedJson } from '../parse.ts';
import type { Figures } from './figures.ts';

const Dimensions = z.array(z.array(z.string()));
const Metrics = z.array(z.object({ Name: z.string() }));
const CloudWatchMetrics = z.array(z.object({ Namespace: z.string(), Dimensions, Metrics }));
const Directive = z.object({ _aws: z.object({ Timestamp: z.number(), CloudWatchMetrics }) });
const Values = z.union([z.number(), z.array(z.number()).check(z.maxLength(100))]);

/**
 * Puts the values of a line of a function's log into the figures, if it is in the embedded metric format ("Specification: Embedded
 * metric format"). CloudWatch reads a line only if all of it is JSON; it leaves out what doesn't fit, and so does this. `aheadMs` is how far the
 * clock of the figures is ahead of that of the function.
 */
export function putLoggedMetrics(line: string, figures: Figures, aheadMs = 0): void {
  if (!line.startsWith('{') || !line.includes('"_aws"')) return;
  const values: Record<string, unknown> = Object(parsedJson(line));
  const { data } = Directive.safeParse(values);
  for (const { Namespace: namespace, Dimensions, Metrics } of data?._aws.CloudWatchMetrics ?? [])
    for (const { Name: name } of Metrics)
      for (const names of Dimensions) {
        const dimensions = Object.fromEntries(names.map((key) => [key, String(values[key])]));
        for (const value of [Values.safeParse(values[name]).data ?? []].flat())
          figures.put({ namespace, name, dimensions }, value, (data?._aws.Timestamp ?? 0) + aheadMs);
      }
}
