import { kindOf } from '#protocol/media-types.ts';
import { type Media, objectKeys } from './media.ts';
import type { Clean, CleanFile, CleanThumbnail, Finding, MediaFiles, MediaStore, UploadedFile } from './ports.ts';
import { Rejection } from './rejection.ts';

export interface InspectPorts {
  readonly store: Pick<MediaStore, 'get' | 'settle'>;
  readonly files: MediaFiles;
  readonly clean: CleanFile;
  readonly cleanThumbnail: CleanThumbnail;
  /** Called if a file is rejected. */
  readonly rejected: (media: Media, rejection: Rejection) => void;
  /** Called if a video is taken without the thumbnail that came with it. */
  readonly thumbnailRejected: (media: Media, error: unknown) => void;
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

interface UploadedThumbnail {
  readonly version: string;
  readonly bytes: Buffer;
}

/**
 * Inspects an upload, stores the cleaned files, and settles its row. `uploadedAt` and `now` are in ms since 1970. It may be
 * interrupted and run several times at once: the first run that settles the row decides. If a file was uploaded twice, it has two
 * versions, and the files of both are deleted with the row. So it has if its thumbnail was. What ended all former tries
 * is an outage, or a file that takes more memory than the function has: so the last one (`isLastTry`) rejects it without a look.
 */
export async function inspect(
  { store, files, clean, cleanThumbnail, rejected, thumbnailRejected }: InspectPorts,
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
    await files.remove(objectKeys.uploadsOf(id));
    return known ? { settled: known } : 'gone';
  }

  async function judged(known: Media, file: UploadedFile): Promise<Finding> {
    try {
      if (isLastTry) throw new Rejection('too_slow', 'no inspection came to an end');
      if (file.size !== known.size) throw new Rejection('damaged', 'it is not as long as it was said to be');
      const thumbnail = await thumbnailOf(known);
      const version = thumbnail ? `${file.version}-${thumbnail.version}` : file.version;
      const cleaned = await clean(known, version, await file.read());
      const { contentType, facts, files: clear } = await withThumbnail(cleaned, known, version, thumbnail?.bytes);
      await Promise.all(clear.map(({ key, bytes, contentType: type }) => files.put(key, bytes, type)));
      return { status: 'ready', version, contentType, ...facts };
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      rejected(known, error);
      return { status: 'rejected', reason: error.reason };
    }
  }

  /** What was uploaded as the thumbnail of a video. */
  async function thumbnailOf({ thumbnailSize }: Media): Promise<UploadedThumbnail | undefined> {
    if (thumbnailSize === undefined) return undefined;
    const file = await files.uploadedThumbnail(id);
    return file?.size === thumbnailSize ? { version: file.version, bytes: await file.read() } : undefined;
  }

  /** Adds the thumbnail to a video. One that can't be taken is left out, and never a reason to reject the video. */
  async function withThumbnail(cleaned: Clean, known: Media, version: string, uploaded?: Buffer): Promise<Clean> {
    if (!uploaded || kindOf(cleaned.contentType) !== 'video') return cleaned;
    try {
      const { thumbhash, ...thumbnail } = await cleanThumbnail(uploaded);
      const file = { key: objectKeys.thumbnail(id, version), ...thumbnail };
      return { ...cleaned, facts: { ...cleaned.facts, thumbhash }, files: [...cleaned.files, file] };
    } catch (error) {
      thumbnailRejected(known, error);
      return cleaned;
    }
  }
}
