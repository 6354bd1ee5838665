import { fileTypeFromBuffer } from 'file-type';
import { Malformed } from '#core/media/malformed.ts';
import { type Media, objectKeys } from '#core/media/media.ts';
import type { Clean, CleanFile } from '#core/media/ports.ts';
import { isImage, isMediaType, type MediaType } from '#protocol/media-types.ts';
import { hasActiveContent } from './active-content.ts';
import { assertWholeGif } from './gif.ts';
import { cleanImage, cropAvatar } from './images.ts';
import { cleanMp4 } from './mp4.ts';
import { cleanWebm } from './webm.ts';

/** Types that `file-type` reports for files of an allowed type. */
const synonyms: Readonly<Record<string, string>> = { 'image/apng': 'image/png', 'video/x-m4v': 'video/mp4' };

type KnownMedia = Media & { readonly contentType: MediaType };

/** Cleans a file of any allowed type. It first checks by the file's signature that the file is of the declared type. */
export const cleanFile: CleanFile = async (media, version, bytes) => {
  // It is tried again until the newer version that took the upload looks at it.
  if (!isKnown(media)) throw new Error(`Files of type ${media.contentType} are unknown to this version`);
  const { mime = 'nothing known' } = (await fileTypeFromBuffer(bytes)) ?? {};
  if ((synonyms[mime] ?? mime) !== media.contentType) throw new Malformed(`it is ${mime}, not ${media.contentType}`);
  if (!isImage(media.contentType)) return video(media, version, bytes);
  if (hasActiveContent(bytes)) throw new Malformed('it is something else as well');
  if (media.contentType === 'image/gif') assertWholeGif(bytes);
  return media.conversationId === undefined ? avatar(media, bytes) : image(media, version, bytes);
};

function isKnown(media: Media): media is KnownMedia {
  return isMediaType(media.contentType);
}

function video({ id, contentType }: KnownMedia, version: string, bytes: Buffer): Clean {
  const facts = contentType === 'video/webm' ? cleanWebm(bytes) : cleanMp4(bytes);
  return {
    contentType,
    facts: { ...facts, size: bytes.length },
    files: [{ key: objectKeys.original(id, version), bytes, contentType }],
  };
}

async function image({ id, contentType }: KnownMedia, version: string, bytes: Buffer): Promise<Clean> {
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
