import * as z from 'zod/mini';
import { limits } from './limits.ts';
import { Message } from './messages.ts';
import * as value from './values.ts';

/**
 * A message matches if each word of `q` is the beginning of one of its words, and if it has each phrase: parts that are joined
 * without a space, or words in quotes. Case and accents are ignored.
 */
export const SearchQuery = z.strictObject({
  q: value.bounded(
    limits.searchCharacters,
    z.refine((text) => text.isWellFormed(), 'must be well-formed Unicode'),
    z.trim(),
    z.minLength(1),
  ),
  /** The conversation to search. If it is missing, the search covers all of the caller's conversations. */
  conversationId: z.optional(value.id),
  /** This cursor is longer than those of other lists, because it holds a position in each conversation that is being searched. */
  cursor: z.optional(value.bounded(4_096, z.minLength(1))),
});

export const Hit = z.object({
  conversationId: value.id,
  message: Message,
  /** Where the words match in the text, as `[start, end)` in UTF-16 code units. The ranges are ascending and don't overlap. */
  highlights: z.array(z.tuple([z.int(), z.int()])),
});

export const Hits = z.object({
  /** The newest message comes first. A short or empty page may still have a next one. */
  hits: z.array(Hit),
  /** The `cursor` of the next page; null after the last one. */
  nextCursor: z.nullable(z.string()),
});

export type SearchQuery = z.infer<typeof SearchQuery>;
export type Hit = z.infer<typeof Hit>;
export type Hits = z.infer<typeof Hits>;
