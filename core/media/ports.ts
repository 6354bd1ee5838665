import type { Conversation } from '#core/conversations/conversation.ts';
import type { Result } from '#protocol/failures.ts';
import type { MediaType, RejectReason } from '#protocol/media.ts';
import type { Facts, Media } from './media.ts';

/** A use of a file: by a user as their avatar, by a message, or, without `seq`, by a group as its avatar. */
export type Use = { readonly userId: string } | { readonly conversationId: string; readonly seq?: number | undefined };

/** The result of an inspection. */
export type Finding =
  | ({ readonly status: 'ready'; readonly version: string; readonly contentType: MediaType } & Facts)
  | { readonly status: 'rejected'; readonly reason: RejectReason };

export interface MediaStore {
  /** Counts an upload against the user's quota of the day. Errors: `rate_limited` if it is used up. */
  count(userId: string, bytes: number, now: number): Promise<Result<undefined>>;
  add(media: Media): Promise<void>;
  /** This and the other reads are consistent. */
  get(id: string): Promise<Media | undefined>;
  /** Those files that exist, in no particular order. */
  getAll(ids: readonly string[]): Promise<Media[]>;
  withUses(id: string): Promise<{ readonly media: Media; readonly uses: readonly Use[] } | undefined>;
  /** Stores the finding for a pending file. Returns undefined if the file isn't pending. */
  settle(id: string, finding: Finding): Promise<Media | undefined>;
  /** Adds a use to files, which keeps them. Returns false if one of them can't be used. Repeating it changes nothing. */
  keep(ids: readonly string[], use: Use): Promise<boolean>;
}

export interface Memberships {
  /** Loads those conversations that exist, each with the user's own entry, consistently. */
  loadAll(conversationIds: readonly string[], userId: string): Promise<Conversation[]>;
}

/** An upload that was not inspected yet. */
export interface UploadedFile {
  readonly size: number;
  /** A text that differs if the bytes differ. */
  readonly version: string;
  read(): Promise<Buffer>;
}

/** The storage of files' bytes. */
export interface MediaFiles {
  /** An upload, or undefined if there is none. */
  uploaded(id: string): Promise<UploadedFile | undefined>;
  uploadedThumbnail(id: string): Promise<UploadedFile | undefined>;
  put(key: string, bytes: Buffer, contentType: string): Promise<void>;
  /** Deletes objects. They need not exist. */
  remove(keys: readonly string[]): Promise<void>;
}

/** A cleaned file: what remains of an upload without metadata. */
export interface Clean {
  readonly contentType: MediaType;
  readonly facts: Facts;
  /** The files to store, with the keys of `objectKeys`. */
  readonly files: readonly { readonly key: string; readonly bytes: Buffer; readonly contentType: string }[];
}

/** A picture of at most `limits.thumbnailPixels`, without metadata. */
export interface Thumbnail {
  readonly bytes: Buffer;
  readonly contentType: 'image/webp';
  /** In base64. */
  readonly thumbhash: string;
}

/** Cleans an uploaded file, whose type is told by its bytes. Throws `Rejection` if it can't be taken. */
export type CleanFile = (media: Media, version: string, bytes: Buffer) => Promise<Clean>;

/** Cleans the thumbnail that was uploaded with a video. Whatever it throws means that the thumbnail can't be taken. */
export type CleanThumbnail = (bytes: Buffer) => Promise<Thumbnail>;
