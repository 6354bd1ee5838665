import { ServiceError } from './error.ts';

/** Applies `act` to each entry of a batch, as SQS and SNS do. An entry that fails doesn't affect the others. */
export function eachOfBatch<Entry extends { Id: string }, Done extends object>(
  entries: readonly Entry[],
  act: (entry: Entry) => Done,
) {
  if (entries.length === 0) throw new ServiceError('EmptyBatchRequest', 'There are no entries in the batch.');
  if (entries.length > 10) throw new ServiceError('TooManyEntriesInBatchRequest', 'A batch has 10 entries at most.');
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length)
    throw new ServiceError('BatchEntryIdsNotDistinct', 'Two entries of the batch have the same Id.');
  const Successful: ({ Id: string } & Done)[] = [];
  const Failed: { Id: string; SenderFault: boolean; Code: string; Message: string }[] = [];
  for (const entry of entries) {
    try {
      Successful.push({ Id: entry.Id, ...act(entry) });
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      Failed.push({ Id: entry.Id, SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return { Successful, Failed };
}
