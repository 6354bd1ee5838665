import { type Media, objectKeys } from './media.ts';
import type { CleanFile, Finding, MediaFiles, MediaStore, UploadedFile } from './ports.ts';
import { Rejection } from './rejection.ts';

export interface InspectPorts {
  readonly store: Pick<MediaStore, 'get' | 'settle'>;
  readonly files: MediaFiles;
  readonly clean: CleanFile;
  /** Called if a file is rejected. */
  readonly rejected: (media: Media, rejection: Rejection) => void;
}

/** How old an upload without a row may be, in ms, before it is deleted. Until then the inspection is tried again. */
const strayMs = 60_000;

export type Inspected =
  /** The file is settled, now or by an earlier run. Its uploader has to get the result. */
  | { readonly settled: Media }
  /** There is no row for the upload yet, so it has to be tried again. */
  | 'unknown'
  /** There is nothing left to do. */
  | 'gone';

/**
 * Inspects an upload, stores the cleaned files, and settles its row. `uploadedAt` and `now` are in ms since 1970. It may be
 * interrupted and run several times at once: the first run that settles the row decides. If a file was uploaded twice, it has two
 * versions, and the files of both are deleted with the row. What ended all former tries
 * is an outage, or a file that takes more memory than the function has: so the last one (`isLastTry`) rejects it without a look.
 */
export async function inspect(
  { store, files, clean, rejected }: InspectPorts,
  id: string,
  uploadedAt: number,
  now: number,
  isLastTry: boolean,
): Promise<Inspected> {
  const media = await store.get(id);
  if (!media && now - uploadedAt < strayMs) return 'unknown';
  if (media?.status !== 'pending') return done(media);
  const file = await files.uploaded(id);
  // Another run has deleted the upload, so it has settled the row.
  if (!file) return 'gone';

  const finding = await judged(media, file);
  return done((await store.settle(id, finding)) ?? (await store.get(id)));

  async function done(known: Media | undefined): Promise<Inspected> {
    await files.remove([objectKeys.upload(id)]);
    return known ? { settled: known } : 'gone';
  }

  async function judged(known: Media, { size, version, read }: UploadedFile): Promise<Finding> {
    try {
      if (isLastTry) throw new Rejection('too_slow', 'no inspection came to an end');
      if (size !== known.size) throw new Rejection('damaged', 'it is not as long as it was said to be');
      const { contentType, facts, files: clear } = await clean(known, version, await read());
      await Promise.all(clear.map(({ key, bytes, contentType: type }) => files.put(key, bytes, type)));
      return { status: 'ready', version, contentType, ...facts };
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      rejected(known, error);
      return { status: 'rejected', reason: error.reason };
    }
  }
}
