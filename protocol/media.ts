import * as z from 'zod/mini';
import { limits } from './limits.ts';
import { mediaTypes, plainMediaType, type MediaType as Type, thumbnailTypes } from './media-types.ts';
import * as value from './values.ts';

export const MediaType = z.enum(
  Object.keys(mediaTypes) as [Type, ...Type[]],
  'must be one of the types that may be uploaded',
);

/** How loud a recording is in up to 64 parts of equal length: one byte each, 0 to 255, in base64. */
export const Waveform = value.bounded(
  Math.ceil(limits.waveformParts / 3) * 4,
  z.regex(
    /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$/,
    'must be up to 64 bytes in base64',
  ),
);

const typeName = value.bounded(100, z.overwrite(plainMediaType));

/** A still picture of a video. Members see it before they play the video. */
export const RequestThumbnail = z.strictObject({
  /** `image/jpeg`, `image/png` or `image/webp`. */
  contentType: z.pipe(typeName, z.enum(thumbnailTypes, 'must be image/jpeg, image/png or image/webp')),
  /** The exact size in bytes. */
  size: z.int().check(z.gte(1), z.lte(limits.thumbnailBytes)),
});

/** Asks to upload a file, either for messages of one conversation or as an avatar. */
export const RequestUpload = z
  .strictObject({
    /** One of the types that may be uploaded. Upper case, parameters (`;codecs=…`) and usual other names (`image/jpg`) are understood. */
    contentType: z.pipe(typeName, MediaType),
    /** The exact size in bytes. */
    size: z.int().check(z.gte(1)),
    /** The SHA-256 of the file in hexadecimal or base64. If it is given, S3 refuses any other bytes. */
    sha256: z.optional(
      value.bounded(
        64,
        z.regex(/^(?:[0-9a-fA-F]{64}|[A-Za-z0-9+/]{43}=)$/, 'must be a SHA-256 in hexadecimal or base64'),
      ),
    ),
    conversationId: z.optional(value.id),
    purpose: z.optional(z.literal('avatar')),
    /** The waveform of a recording, by a client that has decoded it. Without one the server makes a rougher one. */
    waveform: z.optional(Waveform),
    /** The thumbnail of a video, by a client that has decoded it. Without one the video has none. */
    thumbnail: z.optional(RequestThumbnail),
  })
  .check(
    z.refine(({ contentType, size }) => size <= limits.mediaBytes[mediaTypes[contentType]], {
      error: 'is too large for its type',
      path: ['size'],
    }),
    z.refine(({ conversationId, purpose }) => (conversationId === undefined) !== (purpose === undefined), {
      error: 'must be given, or purpose "avatar"',
      path: ['conversationId'],
    }),
    z.refine(({ contentType, purpose }) => purpose === undefined || mediaTypes[contentType] === 'image', {
      error: 'an avatar must be an image',
      path: ['contentType'],
    }),
    z.refine(({ contentType, waveform }) => waveform === undefined || mediaTypes[contentType] === 'audio', {
      error: 'only a recording has one',
      path: ['waveform'],
    }),
    z.refine(({ contentType, thumbnail }) => thumbnail === undefined || mediaTypes[contentType] === 'video', {
      error: 'only a video has one',
      path: ['thumbnail'],
    }),
  );

/** The presigned S3 request that uploads the file: its body is the bytes of the file, and its headers are exactly these. */
export const UploadRequest = z.object({
  method: z.literal('PUT'),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
});

export const Upload = z.object({
  mediaId: value.id,
  upload: UploadRequest,
  /** Uploads the thumbnail, where one was asked for. It has to be there before the file: the file is inspected as soon as it is uploaded. */
  thumbnail: z.optional(UploadRequest),
  /** For how many seconds the requests can be started. */
  expiresIn: z.int(),
});

/** What the server has read from the file. */
const found = {
  /** The width in pixels as the file is displayed, so after any rotation. */
  width: z.optional(z.int()),
  /** The height in pixels as the file is displayed, so after any rotation. */
  height: z.optional(z.int()),
  /** The duration of a video or a recording in seconds, if the file tells it. */
  duration: z.optional(z.number()),
  /**
   * A blurred preview of an image, or of the thumbnail of a video, in about 25 bytes as base64 (https://evanw.github.io/thumbhash/). A
   * video without a thumbnail has none.
   */
  thumbhash: z.optional(z.string()),
  /** How loud a recording is: up to 64 parts of equal length, one byte each as base64, 0 to 255. */
  waveform: z.optional(z.string()),
};

/** A file that is attached to a message. `GET /media/{id}` has its addresses. */
export const Attachment = z.object({
  id: value.id,
  /**
   * One of the types that may be uploaded, or one that was added since: `image/…` is a picture, `video/…` a film, `audio/…` a
   * recording.
   */
  contentType: z.string(),
  /** The size in bytes of the file as it is served. */
  size: z.int(),
  ...found,
});

/** `pending`: the file is not uploaded or not checked yet. `ready`: it can be used. `rejected`: it can't, and is deleted. */
export const MediaStatus = z.enum(['pending', 'ready', 'rejected']);

/**
 * Why a file was rejected. `other_type`: its bytes are no picture, video or recording, or aren't what was declared: a picture in place of
 * something else, or the reverse, or a video in place of a recording. `damaged`: it is cut off, or can't be read. `too_many_pixels`: it has
 * more than `limits.sourcePixels`, or a side over `limits.imageSide`. `unsupported`: it is a picture, a video or a recording of a type that
 * may not be uploaded. `too_slow`: it has so many parts that looking at it would take too long. More reasons may be added.
 */
export const RejectReason = z.enum(['other_type', 'damaged', 'too_many_pixels', 'unsupported', 'too_slow']);

export const Media = z.object({
  id: value.id,
  status: MediaStatus,
  /** Only, and always, with `rejected`. */
  reason: z.optional(RejectReason),
  /**
   * The declared type, and once the file is `ready` the true one, by its bytes. It is one of the types that may be uploaded, or one
   * that was added since: `image/…` is a picture, `video/…` a film, `audio/…` a recording.
   */
  contentType: z.string(),
  /** The size in bytes: the declared size, and once the file is `ready` the size as it is served. */
  size: z.int(),
  ...found,
  url: z.optional(z.string()),
  /**
   * The address of a still image of at most `limits.thumbnailPixels` pixels in width and height. A video has one if a usable one was
   * uploaded with it, and it may show anything: nobody has compared it with the video.
   */
  thumbnailUrl: z.optional(z.string()),
  /** For how many seconds the addresses are valid. Addresses of avatars don't expire, and this is missing. */
  expiresIn: z.optional(z.int()),
});

export type MediaType = z.infer<typeof MediaType>;
export type RequestUpload = z.infer<typeof RequestUpload>;
export type Upload = z.infer<typeof Upload>;
export type Attachment = z.infer<typeof Attachment>;
export type RejectReason = z.infer<typeof RejectReason>;
export type MediaStatus = z.infer<typeof MediaStatus>;
export type Media = z.infer<typeof Media>;
