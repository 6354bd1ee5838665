import * as z from 'zod/mini';

const Summary = z.object({
  count: z.number(),
  min: z.number(),
  max: z.number(),
  mean: z.number(),
  p50: z.number(),
  p95: z.number(),
  p99: z.number(),
});
export type Summary = z.infer<typeof Summary>;

const Period = z.object({
  counters: z._default(z.record(z.string(), z.number()), {}),
  summaries: z._default(z.record(z.string(), Summary), {}),
  /** When the period began, in ms since 1970, in text. The whole has the first and the last instead. */
  period: z.optional(z.union([z.string(), z.number()])),
  firstCounterAt: z.optional(z.nullable(z.number())),
  lastCounterAt: z.optional(z.nullable(z.number())),
});
export type Period = z.infer<typeof Period>;

/** The part of the JSON that Artillery writes with `--output` which the report shows. */
export const ArtilleryReport = z.object({ aggregate: Period, intermediate: z.array(Period) });
export type ArtilleryReport = z.infer<typeof ArtilleryReport>;
