import { Malformed } from './malformed.ts';
import { type Media, objectKeys } from './media.ts';
import type { CleanFile, Finding, MediaFiles, MediaStore, UploadedFile } from './ports.ts';

export interface InspectPorts {
  readonly store: Pick<MediaStore, 'get' | 'settle'>;
  readonly files: MediaFiles;
  readonly clean: CleanFile;
  /** Told why a file was rejected. */
  readonly rejected: (media: Media, reason: string) => void;
}

/** How long an upload may be there before what it was granted for, in ms; then nobody will ask for it. */
const strayMs = 60_000;

export type Inspected =
  /** The file is settled, now or before: its uploader is to be told. */
  | { readonly settled: Media }
  /** Nothing is known of it yet: look again. */
  | 'unknown'
  /** There is nothing left to do. */
  | 'gone';

/**
 * Looks at an upload, stores what is left of it, and settles it. It may run again at any point, and several times at once: the
 * first to settle it decides. What was uploaded twice has two versions; the files of the other one go with the row.
 */
export async function inspect(
  { store, files, clean, rejected }: InspectPorts,
  id: string,
  uploadedAt: number,
  now: number,
): Promise<Inspected> {
  const media = await store.get(id);
  if (!media && now - uploadedAt < strayMs) return 'unknown';
  if (media?.status !== 'pending') return done(media);
  const file = await files.uploaded(id);
  // Taken by another run, which settles it.
  if (!file) return 'gone';

  const finding = await judged(media, file);
  return done((await store.settle(id, finding)) ?? (await store.get(id)));

  async function done(known: Media | undefined): Promise<Inspected> {
    await files.remove([objectKeys.upload(id)]);
    return known ? { settled: known } : 'gone';
  }

  async function judged(known: Media, { size, version, read }: UploadedFile): Promise<Finding> {
    try {
      if (size !== known.size) throw new Malformed('it is not as long as it was said to be');
      const { contentType, facts, files: clear } = await clean(known, version, await read());
      await Promise.all(clear.map(({ key, bytes, contentType: type }) => files.put(key, bytes, type)));
      return { status: 'ready', version, contentType, ...facts };
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      rejected(known, error.message);
      return { status: 'rejected' };
    }
  }
}
