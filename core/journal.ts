import * as z from 'zod/mini';

/**
 * What people did about their privacy that a restore from a backup must not undo. It is kept outside of the tables, and replayed on
 * the restored ones.
 */
export const JournalEntry = z.discriminatedUnion('type', [
  z.object({ type: z.literal('erased'), userId: z.string() }),
  z.object({ type: z.enum(['blocked', 'unblocked']), by: z.string(), userId: z.string() }),
]);

export type JournalEntry = z.infer<typeof JournalEntry>;

/** Writes an entry before its effect. An entry without its effect does no harm: it is what the person asked for. */
export type Journal = (entry: JournalEntry) => Promise<void>;
