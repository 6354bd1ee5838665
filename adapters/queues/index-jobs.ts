import * as z from 'zod/mini';

/** A segment of the search index that the search-index function is to build, where it isn't built yet. */
export const IndexJob = z.object({ conversationId: z.string(), segment: z.int() });

export type IndexJob = z.infer<typeof IndexJob>;
