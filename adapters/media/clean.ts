import { fileTypeFromBuffer } from 'file-type';
import { type Facts, type Media, objectKeys } from '#core/media/media.ts';
import type { Clean, CleanFile, CleanThumbnail } from '#core/media/ports.ts';
import { Rejection } from '#core/media/rejection.ts';
import { isMediaType, isThumbnailType, kindOf, type MediaType, plainMediaType } from '#protocol/media-types.ts';
import { hasActiveContent } from './active-content.ts';
import { assertFewFrames } from './frames.ts';
import { cleanImage, cleanStill, cropAvatar } from './images.ts';
import { cleanMp4 } from './mp4.ts';
import { cleanOgg } from './ogg.ts';
import { cleanWebm } from './webm.ts';

/**
 * How many bytes of a file `file-type` gets: what it asks for (its README, "minimum length"). It walks through chunks and elements without
 * an end, so that it would take minutes for a file of many small ones.
 */
const signatureBytes = 4_100;

/** Creates a `CleanFile` that rejects what takes longer than `ms`. */
export function cleanWithin(ms: number): CleanFile {
  return async (media, version, bytes) => {
    let timer: NodeJS.Timeout | undefined;
    const tooSlow = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Rejection('too_slow', `it took more than ${ms} ms`)), ms);
    });
    try {
      return await Promise.race([cleanFile(media, version, bytes), tooSlow]);
    } finally {
      clearTimeout(timer);
    }
  };
}

/**
 * Cleans a file of any allowed type. The type is told by its bytes, and is a picture, a video or a recording as it was declared: people
 * can't be blamed for a name that says another type. A video without pictures is a recording, since browsers take the type from the name.
 */
async function cleanFile(media: Media, version: string, bytes: Buffer): Promise<Clean> {
  // It is tried again until the newer version that took the upload looks at it.
  if (!isMediaType(media.contentType))
    throw new Error(`Files of type ${media.contentType} are unknown to this version`);
  const contentType = await typeOf(bytes);
  if ((kindOf(contentType) === 'image') !== (kindOf(media.contentType) === 'image'))
    throw otherType(media, contentType);
  if (kindOf(contentType) !== 'image') return film(media, contentType, version, bytes);
  assertSafe(bytes, contentType);
  return media.conversationId === undefined ? avatar(media, bytes) : image(media, contentType, version, bytes);
}

/** Cleans the thumbnail of a video, whatever of the allowed types it was declared to have. An animation is taken for its first frame. */
export const cleanThumbnail: CleanThumbnail = async (bytes) => {
  const contentType = await typeOf(bytes);
  if (!isThumbnailType(contentType)) throw new Rejection('unsupported', `it is ${contentType}`);
  assertSafe(bytes, contentType);
  return cleanStill(bytes);
};

function assertSafe(bytes: Buffer, contentType: MediaType): void {
  if (hasActiveContent(bytes)) throw new Rejection('other_type', 'it is something else as well');
  assertFewFrames(bytes, contentType);
}

async function typeOf(bytes: Buffer): Promise<MediaType> {
  const { mime = 'nothing known' } = (await fileTypeFromBuffer(bytes.subarray(0, signatureBytes))) ?? {};
  const type = plainMediaType(mime);
  if (isMediaType(type)) return type;
  throw new Rejection(/^(?:image|video|audio)\//.test(type) ? 'unsupported' : 'other_type', `it is ${type}`);
}

/** Cleans a video or a recording. */
function film(media: Media, type: MediaType, version: string, bytes: Buffer): Clean {
  const { facts, end = bytes.length } = cleanContainer(type, bytes);
  const hasPictures = facts.width !== undefined;
  const contentType = hasPictures ? type : soundOf(type);
  if (hasPictures && kindOf(media.contentType) === 'audio') throw otherType(media, contentType);
  const { waveform = facts.waveform } = media;
  const kept = bytes.subarray(0, end);
  return {
    contentType,
    facts: { ...facts, waveform, size: kept.length },
    files: [{ key: objectKeys.original(media.id, version), bytes: kept, contentType }],
  };
}

function cleanContainer(type: MediaType, bytes: Buffer): { facts: Omit<Facts, 'size'>; end?: number } {
  if (type === 'video/webm' || type === 'audio/webm') return { facts: cleanWebm(bytes) };
  return type === 'audio/ogg' ? { facts: cleanOgg(bytes) } : cleanMp4(bytes);
}

/** The type of a container without pictures. */
function soundOf(type: MediaType): MediaType {
  if (type === 'audio/ogg') return type;
  return type === 'video/webm' ? 'audio/webm' : 'audio/mp4';
}

function otherType(media: Media, contentType: MediaType): Rejection {
  return new Rejection('other_type', `it is ${contentType}, not ${media.contentType}`);
}

async function image({ id }: Media, contentType: MediaType, version: string, bytes: Buffer): Promise<Clean> {
  const { original, thumbnail, ...facts } = await cleanImage(bytes, contentType);
  return {
    contentType,
    facts,
    files: [
      { key: objectKeys.original(id, version), bytes: original, contentType },
      { key: objectKeys.thumbnail(id, version), bytes: thumbnail, contentType: 'image/webp' },
    ],
  };
}

async function avatar({ id }: Media, bytes: Buffer): Promise<Clean> {
  const contentType = 'image/webp';
  const squares = [...(await cropAvatar(bytes))];
  const [side, largest] = squares.at(-1) ?? [0, bytes];
  return {
    contentType,
    facts: { size: largest.length, width: side, height: side },
    files: squares.map(([pixels, square]) => ({ key: objectKeys.avatar(id, pixels), bytes: square, contentType })),
  };
}
