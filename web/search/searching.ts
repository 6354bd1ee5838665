import { signal } from '@preact/signals';
import type { Hit } from '#protocol/search.ts';

/** The hits of a search as far as they were fetched, and where the next ones begin. */
export interface Found {
  readonly query: string;
  readonly hits: readonly Hit[];
  readonly cursor: string | null;
}

/** The open search, if it is open. */
export const searching = signal<
  | {
      /** The conversation in which it was opened. */
      readonly conversationId?: string | undefined;
      /** With which hits it begins, and which of them has the focus. */
      readonly found?: Found;
      readonly index?: number;
    }
  | undefined
>(undefined);

/** What was found last, and which of it the person looks at. They go on from one hit to the next. */
export const walk = signal<
  { readonly found: Found; readonly index: number; readonly conversationId: string | undefined } | undefined
>(undefined);
