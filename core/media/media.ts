import { limits } from '#protocol/limits.ts';
import type { Attachment, MediaStatus, Media as MediaView } from '#protocol/media.ts';

/** What reading a file told. */
export interface Facts {
  /** Bytes of what is served. */
  readonly size: number;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** Seconds. */
  readonly duration?: number | undefined;
  /** Base64. */
  readonly thumbhash?: string | undefined;
}

/** An uploaded file, or one to come. */
export interface Media extends Facts {
  readonly id: string;
  readonly ownerId: string;
  /** The conversation that it was uploaded for; an avatar has none. */
  readonly conversationId?: string | undefined;
  readonly status: MediaStatus;
  readonly contentType: string;
  /** Names the folder of its checked files: what was uploaded decides it, so that another upload can't replace them. */
  readonly version?: string | undefined;
  /** By how many messages, people and groups it is used. */
  readonly uses: number;
  /** When it will be forgotten unless it is used by then, in seconds since 1970. */
  readonly expiresAt?: number | undefined;
}

/** Whether someone may make it their avatar, or that of a group that they run. */
export function isAvatarOf(media: Media | undefined, ownerId: string): media is Media {
  return media?.ownerId === ownerId && media.conversationId === undefined && media.status === 'ready';
}

/** A file as it stands in messages. */
export function attachmentOf({ id, contentType, size, width, height, duration, thumbhash }: Media): Attachment {
  return {
    id,
    contentType,
    size,
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
    ...(duration !== undefined && { duration }),
    ...(thumbhash !== undefined && { thumbhash }),
  };
}

/** A file as its uploader is told of it; the addresses come on top for those who may see it. */
export function mediaView(media: Media): MediaView {
  return { ...attachmentOf(media), status: media.status };
}

/** Where its bytes are. */
export const objectKeys = {
  upload: (id: string) => `uploads/${id}`,
  original: (id: string, version: string) => `media/${id}/${version}/original`,
  thumbnail: (id: string, version: string) => `media/${id}/${version}/thumbnail`,
  avatar: (id: string, pixels: number) => `avatars/${id}/${pixels}.webp`,
  /** What all that was made of an upload lies below. */
  foldersOf: (id: string) => [`media/${id}/`, `avatars/${id}/`],
};

const [smallestAvatar = 0, ...largerAvatars] = limits.avatarPixels;

/** The squares of an avatar that are named in answers; the address of one differs from the other's by its number. */
export const avatarKeys = {
  large: (id: string) => objectKeys.avatar(id, largerAvatars.at(-1) ?? smallestAvatar),
  small: (id: string) => objectKeys.avatar(id, smallestAvatar),
};

/** Where an avatar is fetched. */
export type AvatarUrl = (mediaId: string) => string;

/** `base` is the address of the media domain. */
export function avatarUrls(base: string): AvatarUrl {
  return (mediaId) => `${base}/${avatarKeys.large(mediaId)}`;
}

export const mediaIdOfUpload = (key: string): string | undefined => /^uploads\/([0-9a-f-]{36})$/.exec(key)?.[1];
