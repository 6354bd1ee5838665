import { fileTypeFromBuffer } from 'file-type';
import { Malformed } from '#core/media/malformed.ts';
import { type Media, objectKeys } from '#core/media/media.ts';
import type { Clean, CleanFile } from '#core/media/ports.ts';
import { mediaTypes } from '#protocol/media-types.ts';
import { hasActiveContent } from './active-content.ts';
import { assertWholeGif } from './gif.ts';
import { cleanImage, cropAvatar } from './images.ts';
import { cleanMp4 } from './mp4.ts';
import { cleanWebm } from './webm.ts';

/** Types that `file-type` reports for files of an allowed type. */
const synonyms: Readonly<Record<string, string>> = { 'image/apng': 'image/png', 'video/x-m4v': 'video/mp4' };

/** Cleans a file of any allowed type. It first checks by the file's signature that the file is of the declared type. */
export const cleanFile: CleanFile = async (media, version, bytes) => {
  const { mime = 'nothing known' } = (await fileTypeFromBuffer(bytes)) ?? {};
  if ((synonyms[mime] ?? mime) !== media.contentType) throw new Malformed(`it is ${mime}, not ${media.contentType}`);
  if (mediaTypes[media.contentType] === 'video') return video(media, version, bytes);
  if (hasActiveContent(bytes)) throw new Malformed('it is something else as well');
  if (media.contentType === 'image/gif') assertWholeGif(bytes);
  return media.conversationId === undefined ? avatar(media, bytes) : image(media, version, bytes);
};

function video({ id, contentType }: Media, version: string, bytes: Buffer): Clean {
  const facts = contentType === 'video/webm' ? cleanWebm(bytes) : cleanMp4(bytes);
  return {
    contentType,
    facts: { ...facts, size: bytes.length },
    files: [{ key: objectKeys.original(id, version), bytes, contentType }],
  };
}

async function image({ id, contentType }: Media, version: string, bytes: Buffer): Promise<Clean> {
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
