import * as z from 'zod/mini';
import { limits } from './limits.ts';
import { Message } from './messages.ts';
import * as value from './values.ts';

/** Every word must match; the beginning of a word is enough. Case and accents don't matter. */
export const SearchQuery = z.strictObject({
  q: z.string().check(
    z.refine((text) => text.isWellFormed(), 'must be well-formed Unicode'),
    z.trim(),
    z.minLength(1),
    z.maxLength(limits.searchCharacters),
  ),
  /** Without it, in all of the caller's conversations. */
  conversationId: z.optional(value.id),
  /** Longer than others: it has a place in each conversation that is searched. */
  cursor: z.optional(z.string().check(z.minLength(1), z.maxLength(4_096))),
});

export const Hit = z.object({
  conversationId: value.id,
  message: Message,
  /** Where in the text the words match: `[start, end)` in UTF-16 code units, ascending, apart from each other. */
  highlights: z.array(z.tuple([z.int(), z.int()])),
});

export const Hits = z.object({
  /** Newest first. A page may be short, or empty, and still have a next one. */
  hits: z.array(Hit),
  /** The `cursor` of the next page; null after the last one. */
  nextCursor: z.nullable(z.string()),
});

export type SearchQuery = z.infer<typeof SearchQuery>;
export type Hit = z.infer<typeof Hit>;
export type Hits = z.infer<typeof Hits>;
