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

export type Dashboard = ReturnType<typeof parseDashboard>;
export type Widget = Dashboard['widgets'][number];

/** Reads a `DashboardBody` ("Dashboard body structure and syntax"). A widget that can't be drawn says why. */
export function parseDashboard(name: string, body: string) {
  const { widgets } = Body.parse(JSON.parse(body));
  const drawn = widgets.map((each) => ({ place: each, title: each.properties.title, content: contentOf(each) }));
  return { name, widgets: drawn };
}

function contentOf({ type, properties }: z.infer<typeof Body>['widgets'][number]) {
  const { markdown = '', alarms, view, stacked = false, annotations } = properties;
  if (type === 'text') return { kind: 'text', markdown } as const;
  if (type === 'alarm') return { kind: 'alarms', arns: alarms } as const;
  if (type !== 'metric' && type !== 'number')
    return { kind: 'unknown', why: `A widget of the type ${type} isn't drawn here.` } as const;
  if (annotations?.alarms[0] !== undefined) return { kind: 'alarms', arns: annotations.alarms } as const;
  try {
    const rows = rowsOf(properties);
    const periods = rows.map(({ options }) => options.period ?? properties.period);
    const isNumbers = view === 'singleValue' || view === 'gauge' || type === 'number';
    return {
      kind: isNumbers ? ('numbers' as const) : ('graph' as const),
      queries: rows.map(({ query }) => query),
      lines: rows.flatMap(({ query: { id }, label, options }) =>
        options.visible ? { id, label, axis: options.yAxis } : [],
      ),
      periodMs: 1000 * Math.max(60, ...periods),
      stacked,
      limits: annotations?.horizontal ?? [],
    };
  } catch (error) {
    if (error instanceof StackError) return { kind: 'unknown', why: error.message } as const;
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
