import * as z from 'zod/mini';
import type { Mapping } from './mapping.ts';

const failureReport = z.object({
  batchItemFailures: z.nullish(z.array(z.object({ itemIdentifier: z.string() }))),
});

/** The identifiers in a partial batch response of a function. Nothing where its answer is none: then the whole batch has failed. */
export function reportedFailures({ reportsItemFailures }: Mapping, answer: unknown): string[] | undefined {
  if (!reportsItemFailures || answer === null || answer === undefined || answer === '') return [];
  const { data } = failureReport.safeParse(answer);
  return data && (data.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier);
}
