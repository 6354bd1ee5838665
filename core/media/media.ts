import { limits } from '#protocol/limits.ts';
import type { Attachment, MediaStatus, Media as MediaView, RejectReason } from '#protocol/media.ts';

/** The properties of a file that are known after its inspection. */
export interface Facts {
  /** The size in bytes of the file that is served. */
  readonly size: number;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** In seconds. */
  readonly duration?: number | undefined;
  /** In base64. */
  readonly thumbhash?: string | undefined;
  /** How loud a recording is, as bytes in base64. */
  readonly waveform?: string | undefined;
}

/** A file that is, or will be, uploaded. */
export interface Media extends Facts {
  readonly id: string;
  readonly ownerId: string;
  /** The conversation for which the file was uploaded. An avatar has none. */
  readonly conversationId?: string | undefined;
  readonly status: MediaStatus;
  /** Why it was rejected. */
  readonly reason?: RejectReason | undefined;
  readonly contentType: string;
  /** The folder of the cleaned files. It depends on the uploaded bytes, so that another upload can't replace the files. */
  readonly version?: string | undefined;
  /** The declared size in bytes of the thumbnail that is uploaded with a video. */
  readonly thumbnailSize?: number | undefined;
  /** The number of messages, users and groups that use the file. */
  readonly uses: number;
  /** When the file is deleted unless it is used by then, in s since 1970. */
  readonly expiresAt?: number | undefined;
}

/** Whether a user may make a file their avatar, or that of a group that they manage. */
export function isAvatarOf(media: Media | undefined, ownerId: string): media is Media {
  return media?.ownerId === ownerId && media.conversationId === undefined && media.status === 'ready';
}

/** The part of a file that is stored in messages. */
export function attachmentOf({
  id,
  contentType,
  size,
  width,
  height,
  duration,
  thumbhash,
  waveform,
}: Media): Attachment {
  return {
    id,
    contentType,
    size,
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
    ...(duration !== undefined && { duration }),
    ...(thumbhash !== undefined && { thumbhash }),
    ...(waveform !== undefined && { waveform }),
  };
}

/** A file in the shape of the contract, without URLs. */
export function mediaView(media: Media): MediaView {
  const { status, reason } = media;
  return { ...attachmentOf(media), status, ...(reason !== undefined && { reason }) };
}

/** The keys of a file's objects in S3. */
export const objectKeys = {
  upload: (id: string) => `uploads/${id}`,
  /** Of a video. It is in a folder of which S3 sends no notifications, since the upload of the video is the one to inspect. */
  uploadedThumbnail: (id: string) => `uploaded-thumbnails/${id}`,
  original: (id: string, version: string) => `media/${id}/${version}/original`,
  thumbnail: (id: string, version: string) => `media/${id}/${version}/thumbnail`,
  avatar: (id: string, pixels: number) => `avatars/${id}/${pixels}.webp`,
  /** What was uploaded, until it is inspected. */
  uploadsOf: (id: string) => [objectKeys.upload(id), objectKeys.uploadedThumbnail(id)],
  /** The prefixes of all cleaned files of an upload. */
  foldersOf: (id: string) => [`media/${id}/`, `avatars/${id}/`],
};

const [smallestAvatar = 0, ...largerAvatars] = limits.avatarPixels;

/** The keys of an avatar's largest and smallest square. They differ only in the number of pixels. */
export const avatarKeys = {
  large: (id: string) => objectKeys.avatar(id, largerAvatars.at(-1) ?? smallestAvatar),
  small: (id: string) => objectKeys.avatar(id, smallestAvatar),
};

/** Gives the URL of an avatar. */
export type AvatarUrl = (mediaId: string) => string;

/** Creates an `AvatarUrl`. `base` is the URL of the distribution for files. */
export function avatarUrls(base: string): AvatarUrl {
  return (mediaId) => `${base}/${avatarKeys.large(mediaId)}`;
}

/**
 * How long caches may keep the bytes under a key, as `Cache-Control`. They never change. Files need a signed address, which ends by itself.
 * Avatars don't, and have to be gone from everywhere a day after their person is (docs/decisions/0102).
 */
export const cacheControl = (key: string): string =>
  key.startsWith('avatars/') ? 'public, max-age=86400' : 'max-age=31536000, immutable';

export const mediaIdOfUpload = (key: string): string | undefined => /^uploads\/([0-9a-f-]{36})$/.exec(key)?.[1];
