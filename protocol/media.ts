import * as z from 'zod/mini';
import { limits } from './limits.ts';
import { mediaTypes, type MediaType as Type } from './media-types.ts';
import * as value from './values.ts';

export const MediaType = z.enum(
  Object.keys(mediaTypes) as [Type, ...Type[]],
  'must be one of the types that may be uploaded',
);

/** A file to come: for messages of one conversation, or as an avatar. */
export const RequestUpload = z
  .strictObject({
    contentType: MediaType,
    /** Bytes. */
    size: z.int().check(z.gte(1)),
    /** In hexadecimal or base64; S3 then refuses other bytes. */
    sha256: z.optional(
      z
        .string()
        .check(z.regex(/^(?:[0-9a-fA-F]{64}|[A-Za-z0-9+/]{43}=)$/, 'must be a SHA-256 in hexadecimal or base64')),
    ),
    conversationId: z.optional(value.id),
    purpose: z.optional(z.literal('avatar')),
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
  );

/** How to upload: the bytes as the body of just this request, to S3. */
export const Upload = z.object({
  mediaId: value.id,
  upload: z.object({ method: z.literal('PUT'), url: z.string(), headers: z.record(z.string(), z.string()) }),
  /** Seconds until the request may not be started any more. */
  expiresIn: z.int(),
});

/** What was found out of a file by reading it. */
const found = {
  /** Pixels, as it is shown. */
  width: z.optional(z.int()),
  height: z.optional(z.int()),
  /** Of a video, in seconds; some don't say. */
  duration: z.optional(z.number()),
  /** A few bytes in base64 from which a client can paint a blurred image (https://evanw.github.io/thumbhash/). */
  thumbhash: z.optional(z.string()),
};

/** A file in a message. Its addresses are at `GET /media/{id}`. */
export const Attachment = z.object({
  id: value.id,
  contentType: MediaType,
  /** Bytes, as it is served. */
  size: z.int(),
  ...found,
});

/** `pending`: not uploaded, or not looked at yet. `rejected`: it was not what it was said to be, and is gone. */
export const MediaStatus = z.enum(['pending', 'ready', 'rejected']);

export const Media = z.object({
  id: value.id,
  status: MediaStatus,
  contentType: MediaType,
  /** Bytes: as declared, and as it is served once it is ready. */
  size: z.int(),
  ...found,
  url: z.optional(z.string()),
  /** A still image of at most `limits.thumbnailPixels` in either direction. Videos have none. */
  thumbnailUrl: z.optional(z.string()),
  /** Seconds for which the addresses are good; avatars' are good for ever. */
  expiresIn: z.optional(z.int()),
});

export type MediaType = z.infer<typeof MediaType>;
export type RequestUpload = z.infer<typeof RequestUpload>;
export type Upload = z.infer<typeof Upload>;
export type Attachment = z.infer<typeof Attachment>;
export type MediaStatus = z.infer<typeof MediaStatus>;
export type Media = z.infer<typeof Media>;
