import * as z from 'zod/mini';
import { StackError } from '../types.ts';
import { expressionQuery, type Query } from './queries.ts';

const Options = z.object({
  label: z.optional(z.string()),
  id: z.optional(z.string()),
  period: z.optional(z.number()),
  stat: z.optional(z.string()),
  expression: z.optional(z.string()),
  visible: z._default(z.boolean(), true),
  yAxis: z._default(z.enum(['left', 'right']), 'left'),
});
const Limit = z.object({ value: z.number(), label: z.optional(z.string()) });
const Annotations = z.object({
  horizontal: z._default(z.array(Limit), []),
  alarms: z._default(z.array(z.string()), []),
});
const Body = z.object({
  widgets: z.array(
    z.object({
      type: z.string(),
      x: z._default(z.number(), 0),
      y: z._default(z.number(), 0),
      width: z._default(z.number(), 6),
      height: z._default(z.number(), 6),
      properties: z.object({
        title: z._default(z.string(), ''),
        markdown: z.optional(z.string()),
        view: z.optional(z.string()),
        stacked: z.optional(z.boolean()),
        metrics: z._default(z.array(z.array(z.unknown())), []),
        period: z._default(z.number(), 300),
        stat: z._default(z.string(), 'Average'),
        /** Of a widget of alarms. */
        alarms: z._default(z.array(z.string()), []),
        annotations: z.optional(Annotations),
      }),
    }),
  ),
});

/** A line of a widget. */
export interface Line {
  readonly id: string;
  readonly label: string;
  readonly axis: 'left' | 'right';
}

export interface Widget {
  readonly place: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly title: string;
  readonly content:
    | { readonly kind: 'text'; readonly markdown: string }
    | { readonly kind: 'alarms'; readonly arns: readonly string[] }
    | { readonly kind: 'unknown'; readonly why: string }
    | {
        readonly kind: 'graph' | 'numbers';
        readonly queries: readonly Query[];
        readonly lines: readonly Line[];
        readonly periodMs: number;
        readonly stacked: boolean;
        readonly limits: readonly { readonly value: number; readonly label?: string | undefined }[];
      };
}

export interface Dashboard {
  readonly name: string;
  readonly widgets: readonly Widget[];
}

/** Reads a `DashboardBody` ("Dashboard body structure and syntax"). A widget that can't be drawn says why. */
export function parseDashboard(name: string, body: string): Dashboard {
  const { widgets } = Body.parse(JSON.parse(body));
  const drawn = widgets.map((each) => ({ place: each, title: each.properties.title, content: contentOf(each) }));
  return { name, widgets: drawn };
}

function contentOf({ type, properties }: z.infer<typeof Body>['widgets'][number]): Widget['content'] {
  const { markdown = '', alarms, view, stacked = false, annotations } = properties;
  if (type === 'text') return { kind: 'text', markdown };
  if (type === 'alarm') return { kind: 'alarms', arns: alarms };
  if (type !== 'metric' && type !== 'number')
    return { kind: 'unknown', why: `A widget of the type ${type} isn't drawn here.` };
  if (annotations?.alarms[0] !== undefined) return { kind: 'alarms', arns: annotations.alarms };
  try {
    const rows = rowsOf(properties);
    const periods = rows.map(({ options }) => options.period ?? properties.period);
    return {
      kind: view === 'singleValue' || view === 'gauge' || type === 'number' ? 'numbers' : 'graph',
      queries: rows.map(({ query }) => query),
      lines: rows.flatMap(({ query: { id }, label, options }) =>
        options.visible ? { id, label, axis: options.yAxis } : [],
      ),
      periodMs: 1000 * Math.max(60, ...periods),
      stacked,
      limits: annotations?.horizontal ?? [],
    };
  } catch (error) {
    if (error instanceof StackError) return { kind: 'unknown', why: error.message };
    throw error;
  }
}

function rowsOf({ metrics, stat }: { metrics: readonly (readonly unknown[])[]; stat: string }) {
  let before: readonly string[] = [];
  return metrics.map((row, i) => {
    const options = Options.parse(row.find((part) => typeof part === 'object') ?? {});
    const id = options.id ?? `row${i}`;
    if (options.expression !== undefined)
      return { options, label: options.label ?? id, query: expressionQuery(id, options.expression) };
    const given = row.filter((part) => typeof part === 'string');
    before = spelledOut(given, before);
    const [namespace = '', metricName = '', ...pairs] = before;
    const names = pairs.filter((_, at) => at % 2 === 0);
    const dimensions = Object.fromEntries(names.map((each, at) => [each, pairs[2 * at + 1] ?? '']));
    const metric = { namespace, name: metricName, dimensions };
    const query: Query = { id, from: { metric, statistic: options.stat ?? stat } };
    return { options, label: options.label ?? metricName, query };
  });
}

/** A `.` stands for the same as in the row before, and `...` for all that is left out of it. */
function spelledOut(row: readonly string[], before: readonly string[]): string[] {
  const gap = row.indexOf('...');
  const missing = before.length - (row.length - 1);
  const full =
    gap < 0 ? row : [...row.slice(0, gap), ...Array<string>(Math.max(0, missing)).fill('.'), ...row.slice(gap + 1)];
  return full.map((part, i) => (part === '.' ? (before[i] ?? '') : part));
}
