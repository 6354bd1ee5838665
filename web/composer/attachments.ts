import { type Signal, signal } from '@preact/signals';
import type { Chat, Failure } from '#client/index.ts';
import { limits } from '#protocol/limits.ts';
import type { Attachment } from '#protocol/media.ts';
import { kindOf, type MediaKind, plainMediaType } from '#protocol/media-types.ts';
import type { Session } from '#web/session/session.ts';
import { fileStore, type StoredFile } from './file-store.ts';
import { localId } from './local-id.ts';

export type Progress =
  | { readonly step: 'uploading'; readonly fraction: number }
  | { readonly step: 'ready'; readonly attachment: Attachment }
  | { readonly step: 'failed'; readonly failure: Failure | 'too_many' };

/** A file of the next message, and how far its upload is. */
export interface AttachedFile {
  readonly id: string;
  readonly file: File;
  readonly kind: MediaKind;
  /** Of a recording, if the browser could decode it. */
  readonly waveform: string | undefined;
  /** A `blob:` URL of the file. */
  readonly previewUrl: string;
  readonly progress: Signal<Progress>;
  abort: AbortController;
  /** Whether it is in the `fileStore`. */
  isStored: boolean;
}

export interface Attachments {
  readonly files: readonly AttachedFile[];
  add(files: Iterable<File>, waveform?: string): void;
  retry(file: AttachedFile): void;
  remove(file: AttachedFile): void;
  /** The uploaded files. Undefined as long as one of them isn't `ready`: the message can't be sent then. */
  ready(): Attachment[] | undefined;
  /** Whether each file is uploaded, or is on its way. */
  canBeSent(): boolean;
  /** From now on these are the files of a message that is sent when they are uploaded. */
  moveTo(messageId: string): void;
  /** Loads the files that were attached before a reload, and uploads those that weren't uploaded. */
  restore(): Promise<void>;
  /** Drops the files that another tab has sent or removed, and adds those that it has uploaded. */
  follow(): Promise<void>;
  clear(): void;
}

/**
 * The files of the message that is being written. An upload starts as soon as a file is chosen, pasted or dropped on the page. They survive
 * a reload.
 * @param messageId that of the message that waits for the uploads, if it isn't a draft any more
 */
export function createAttachments(
  { chat: { media }, user }: { readonly chat: Pick<Chat, 'media'>; readonly user: Pick<Session['user'], 'id'> },
  conversationId: string,
  messageId?: string,
): Attachments {
  const files = signal<readonly AttachedFile[]>([]);

  async function store(attached: AttachedFile, attachment?: Attachment): Promise<void> {
    const { id, file, waveform } = attached;
    await fileStore.put({ id, userId: user.id, conversationId, messageId, file, waveform, attachment });
    attached.isStored = true;
  }

  async function stored(): Promise<readonly StoredFile[]> {
    const all = await fileStore.all(user.id, conversationId);
    return all.filter((one) => one.messageId === messageId);
  }

  async function upload(attached: AttachedFile): Promise<void> {
    const { file, kind, waveform, progress } = attached;
    const { signal } = attached.abort;
    const onProgress = (fraction: number) => {
      progress.value = { step: 'uploading', fraction };
    };
    onProgress(0);
    const thumbnail = kind === 'video' ? await thumbnailOf(file) : undefined;
    if (signal.aborted) return;
    const result = await media.upload(conversationId, file, { onProgress, signal, waveform, thumbnail });
    if (signal.aborted) return;
    // Other tabs look for it as soon as it is ready here.
    if ('ok' in result) await store(attached, result.ok);
    if (signal.aborted) return;
    progress.value =
      'ok' in result ? { step: 'ready', attachment: result.ok } : { step: 'failed', failure: result.error };
  }

  function addStored(all: readonly StoredFile[]): void {
    for (const { id, file, waveform, attachment } of all) {
      if (files.peek().some((known) => known.id === id)) continue;
      const attached = attachedFile(id, file, waveform);
      attached.isStored = true;
      files.value = [...files.peek(), attached];
      if (attachment) attached.progress.value = { step: 'ready', attachment };
      else void upload(attached);
    }
  }

  /** Ends what the page does with a file. It stays stored. */
  function release(file: AttachedFile): void {
    file.abort.abort();
    URL.revokeObjectURL(file.previewUrl);
  }

  function drop(file: AttachedFile): void {
    release(file);
    void fileStore.remove(file.id);
  }

  function remove(file: AttachedFile): void {
    drop(file);
    files.value = files.peek().filter((other) => other !== file);
  }

  return {
    get files() {
      return files.value;
    },
    add(added, waveform) {
      for (const file of added) {
        const attached = attachedFile(localId(), file, waveform);
        const isOneTooMany = files.value.length >= limits.mediaPerMessage;
        files.value = [...files.value, attached];
        if (isOneTooMany) {
          attached.progress.value = { step: 'failed', failure: 'too_many' };
        } else {
          void store(attached);
          void upload(attached);
        }
      }
    },
    retry(file) {
      file.abort = new AbortController();
      void upload(file);
    },
    remove,
    ready() {
      const steps = files.value.map(({ progress }) => progress.value);
      const ready = steps.flatMap((one) => (one.step === 'ready' ? one.attachment : []));
      return ready.length === steps.length ? ready : undefined;
    },
    canBeSent: () => files.value.every(({ progress }) => progress.value.step !== 'failed'),
    moveTo(id) {
      messageId = id;
      for (const file of files.peek()) {
        const progress = file.progress.peek();
        void store(file, progress.step === 'ready' ? progress.attachment : undefined);
      }
    },
    async follow() {
      const all = await stored();
      const missing = files.peek().filter(({ id, isStored }) => isStored && !all.some((one) => one.id === id));
      for (const file of missing) release(file);
      files.value = files.peek().filter((file) => !missing.includes(file));
      addStored(all.filter(({ attachment }) => attachment));
    },
    async restore() {
      addStored(await stored());
    },
    clear() {
      for (const file of files.peek()) drop(file);
      files.value = [];
    },
  };
}

/** Where the code that makes it can't be loaded, a film goes without. */
function thumbnailOf(film: File): Promise<Blob | undefined> {
  return import('./film-thumbnail.ts').then((made) => made.thumbnailOf(film)).catch(() => undefined);
}

function attachedFile(id: string, file: File, waveform: string | undefined): AttachedFile {
  return {
    id,
    file,
    kind: kindOf(plainMediaType(file.type)),
    waveform,
    previewUrl: URL.createObjectURL(file),
    progress: signal<Progress>({ step: 'uploading', fraction: 0 }),
    abort: new AbortController(),
    isStored: false,
  };
}
