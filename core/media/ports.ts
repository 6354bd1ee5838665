import type { Conversation } from '#core/conversations/conversation.ts';
import type { Result } from '#protocol/failures.ts';
import type { MediaType } from '#protocol/media.ts';
import type { Facts, Media } from './media.ts';

/** What uses a file: a message, a group as its avatar, or a person as theirs. */
export type Use = { readonly userId: string } | { readonly conversationId: string; readonly seq?: number | undefined };

/** What became of an upload. */
export type Finding =
  | ({ readonly status: 'ready'; readonly version: string; readonly contentType: MediaType } & Facts)
  | { readonly status: 'rejected' };

export interface MediaStore {
  /** Counts an upload against its person's quota of the day; `rate_limited` when it is used up. */
  count(userId: string, bytes: number, now: number): Promise<Result<undefined>>;
  add(media: Media): Promise<void>;
  /** Reads are consistent. */
  get(id: string): Promise<Media | undefined>;
  /** Those that exist, in no order. */
  getAll(ids: readonly string[]): Promise<Media[]>;
  withUses(id: string): Promise<{ readonly media: Media; readonly uses: readonly Use[] } | undefined>;
  /** Says what became of a pending one; undefined when that was said before. */
  settle(id: string, finding: Finding): Promise<Media | undefined>;
  /** Keeps files for as long as this uses them; false when one of them can't be used (any more). Repeating it changes nothing. */
  keep(ids: readonly string[], use: Use): Promise<boolean>;
}

export interface Memberships {
  /** Those conversations that exist, each with the user's own entry. Consistent. */
  loadAll(conversationIds: readonly string[], userId: string): Promise<Conversation[]>;
}

/** A file that was uploaded, before anyone looked at it. */
export interface UploadedFile {
  readonly size: number;
  /** Another one for other bytes. */
  readonly version: string;
  read(): Promise<Buffer>;
}

/** Where the bytes are. */
export interface MediaFiles {
  /** Undefined when there is none (any more). */
  uploaded(id: string): Promise<UploadedFile | undefined>;
  put(key: string, bytes: Buffer, contentType: string): Promise<void>;
  /** Also when they don't exist. */
  remove(keys: readonly string[]): Promise<void>;
}

/** What is left of a file when only its pixels and sound are. */
export interface Clean {
  readonly contentType: MediaType;
  readonly facts: Facts;
  /** By what `objectKeys` calls them: keys, bytes and types. */
  readonly files: readonly { readonly key: string; readonly bytes: Buffer; readonly contentType: string }[];
}

/** Reads a file of the declared type and writes it anew. Throws `Malformed` when it isn't what it is said to be. */
export type CleanFile = (media: Media, version: string, bytes: Buffer) => Promise<Clean>;
