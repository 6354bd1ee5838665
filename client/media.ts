import type { Event } from 'storm-chat-protocol/events';
import { limits } from 'storm-chat-protocol/limits';
import type { Attachment, Media as MediaView } from 'storm-chat-protocol/media';
import { isMediaType, isThumbnailType, mediaTypes, plainMediaType } from 'storm-chat-protocol/media-types';
import type { Api } from './api.ts';
import { type Failure, fail, offline, type Result } from './failures.ts';
import type { Platform } from './platform.ts';
import { timeSpan } from './time-span.ts';

export interface UploadOptions {
  /** Takes the uploaded fraction, 0 to 1. After 1 the server inspects the file, which may take a few seconds. */
  readonly onProgress?: (fraction: number) => void;
  readonly signal?: AbortSignal;
  /** How loud a recording is: up to 64 bytes in base64. Without it the server makes a rougher waveform. */
  readonly waveform?: string | undefined;
  /**
   * A still picture of a film that members see before they play it: a JPEG, PNG or WebP of at most `limits.thumbnailBytes`. If it doesn't
   * get through, or can't be used, the film goes without.
   */
  readonly thumbnail?: Blob | undefined;
}

type Inspected = Omit<MediaView, 'url' | 'thumbnailUrl' | 'expiresIn'>;

/** An event tells the result of the inspection. In case it was lost, the client also asks for the result at this interval. */
const pollMs = 4_000;
const pollsMax = 30;
/** Addresses are renewed this long before they expire, so that a download that begins just then succeeds. */
const marginMs = 60_000;

/** Uploads files, and looks up the addresses of uploaded ones. */
export class Media {
  readonly #api: Api;
  readonly #platform: Platform;
  readonly #awaited = new Map<string, (media: Inspected) => void>();
  readonly #seen = new Map<string, { readonly isOld: () => boolean; readonly result: Promise<Result<MediaView>> }>();

  constructor(api: Api, platform: Platform) {
    this.#api = api;
    this.#platform = platform;
  }

  /**
   * Uploads a file and resolves when it can be sent in this conversation. Besides failures of the server it may fail with
   * `unsupported_type`, `too_large`, `rejected` and `cancelled`; `rate_limited` means that the quota of the day is used up.
   */
  upload(conversationId: string, file: Blob, options: UploadOptions = {}): Promise<Result<Attachment>> {
    return this.#upload({ conversationId }, file, options);
  }

  /** Uploads an image for an avatar. Its `id` is the `avatarMediaId` of a profile or a group. */
  uploadAvatar(file: Blob, options: UploadOptions = {}): Promise<Result<Attachment>> {
    return this.#upload({ purpose: 'avatar' }, file, options);
  }

  /** The addresses of a file. They are cached until shortly before they expire. */
  get(id: string): Promise<Result<MediaView>> {
    const seen = this.#seen.get(id);
    if (seen && !seen.isOld()) return seen.result;
    const result = this.#api.media(id);
    this.#seen.set(id, { isOld: () => false, result });
    void result.then((answer) => {
      if ('error' in answer) this.#seen.delete(id);
      else this.#seen.set(id, { isOld: this.#ageOf(answer.ok), result });
    });
    return result;
  }

  receive({ type: _, ...media }: Extract<Event, { type: 'media' }>): void {
    this.#awaited.get(media.id)?.(media);
  }

  async #upload(where: object, file: Blob, options: UploadOptions): Promise<Result<Attachment>> {
    const { onProgress = () => {}, signal, waveform, thumbnail } = options;
    const { size } = file;
    const contentType = plainMediaType(file.type);
    if (!isMediaType(contentType)) return fail('unsupported_type', `Files of type "${contentType}" can't be uploaded.`);
    const kind = mediaTypes[contentType];
    if (size > limits.mediaBytes[kind]) return fail('too_large', 'The file is too large.');
    const more = {
      ...where,
      ...(kind === 'audio' && waveform !== undefined && { waveform }),
      ...(kind === 'video' && thumbnail && grantable(thumbnail)),
    };
    const granted = await this.#api.requestUpload({ contentType, size, ...more });
    if ('error' in granted) return granted;
    const { mediaId, upload, thumbnail: beside } = granted.ok;
    const told = new Promise<Inspected>((resolve) => this.#awaited.set(mediaId, resolve));
    try {
      // First, as the server inspects the film as soon as it is there.
      if (thumbnail && beside)
        await this.#platform.upload(thumbnail, { ...beside, onProgress() {}, signal }).catch(() => {});
      if (signal?.aborted) return cancelled();
      const status = await this.#platform.upload(file, { ...upload, onProgress, signal });
      if (status !== 200) return { error: { code: 'unavailable', message: `HTTP status ${status}`, temporary: true } };
      return await this.#inspected(mediaId, told, signal);
    } catch (cause) {
      return signal?.aborted ? cancelled() : offline(`${upload.url}: ${cause}`);
    } finally {
      this.#awaited.delete(mediaId);
    }
  }

  async #inspected(id: string, told: Promise<Inspected>, signal?: AbortSignal): Promise<Result<Attachment>> {
    for (let polls = 0; polls < pollsMax; polls += 1) {
      const media = (await Promise.race([told, this.#wait()])) ?? (await this.#api.media(id));
      if (signal?.aborted) return cancelled();
      if ('error' in media) {
        if (!media.error.temporary) return media;
        continue;
      }
      const { status, reason, ...attachment } = inspected('ok' in media ? media.ok : media);
      if (status === 'ready') return { ok: attachment };
      if (status === 'rejected')
        return { error: { ...fail('rejected', `The file was rejected: ${reason}.`).error, ...(reason && { reason }) } };
    }
    return { error: { code: 'unavailable', message: 'The file was not looked at in time.', temporary: true } };
  }

  #wait(): Promise<undefined> {
    return new Promise((resolve) => this.#platform.schedule(pollMs, () => resolve(undefined)));
  }

  /** A function that tells whether an answer is to be fetched again. */
  #ageOf({ status, expiresIn }: MediaView): () => boolean {
    if (status !== 'ready') return () => true;
    // The addresses of avatars don't expire.
    return expiresIn === undefined ? () => false : timeSpan(this.#platform, expiresIn * 1000 - marginMs);
  }
}

function inspected({ url: _, thumbnailUrl: __, expiresIn: ___, ...facts }: MediaView): Inspected {
  return facts;
}

/** What the server would refuse to take, and the film with it, isn't asked for. */
function grantable({ type, size }: Blob) {
  return isThumbnailType(type) && size <= limits.thumbnailBytes && { thumbnail: { contentType: type, size } };
}

function cancelled(): { error: Failure } {
  return fail('cancelled', 'The upload was cancelled.');
}
