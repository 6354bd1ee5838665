import * as z from 'zod/mini';

/**
 * A message of the queue IndexJobs: a segment of the search index that the function `search-index` builds, if that is necessary.
 */
export const IndexJob = z.object({ conversationId: z.string(), segment: z.int() });

export type IndexJob = z.infer<typeof IndexJob>;
