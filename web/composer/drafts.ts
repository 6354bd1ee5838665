import { batch, effect, type Signal, signal } from '@preact/signals';
import type { Chat, Message } from '#client/index.ts';
import type { Session } from '#web/session/session.ts';
import { storage, tabStorage } from '#web/session/storage.ts';
import { type Attachments, createAttachments } from './attachments.ts';
import { fileStore } from './file-store.ts';
import { localId } from './local-id.ts';

/** What the composer is used for. */
export type ComposerMode = { readonly kind: 'new' } | { readonly kind: 'reply' | 'edit'; readonly message: Message };

export const newMessage: ComposerMode = { kind: 'new' };

/**
 * What a person has begun to write in a conversation. It survives a reload, and the tabs of a browser share it: a file that is attached in
 * one tab is in the others as soon as it is uploaded.
 */
export interface Draft {
  readonly mode: Signal<ComposerMode>;
  /** The text of the next message. */
  readonly text: Signal<string>;
  /** The changed text of the message that is edited in `mode`. */
  readonly edited: Signal<{ readonly mode: ComposerMode; readonly text: string } | undefined>;
  /** The files of the next message. */
  readonly attachments: Signal<Attachments>;
  /** Messages that are sent as soon as their files are uploaded. */
  readonly uploading: Signal<readonly UploadingMessage[]>;
}

export interface UploadingMessage {
  readonly id: string;
  readonly text: string;
  readonly replyTo: number | undefined;
  readonly attachments: Attachments;
}

/** What `localStorage` has of a draft. */
interface StoredDraft {
  readonly text: string;
  readonly mode: ComposerMode;
  readonly edited: string | undefined;
  /** Its files and which are uploaded, so that other tabs are told of a change of them. */
  readonly files?: readonly string[];
}

const prefix = 'storm:draft:';
const drafts = new WeakMap<Chat, Map<string, Draft>>();
/** All of this page, by their keys of `localStorage`. */
const present = new Map<string, Draft>();

export function draftOf(session: Session, conversationId: string): Draft {
  const { chat, user } = session;
  const known = drafts.get(chat) ?? new Map<string, Draft>();
  drafts.set(chat, known);
  const draft = known.get(conversationId) ?? createDraft(session, conversationId, prefixOf(user.id) + conversationId);
  known.set(conversationId, draft);
  return draft;
}

/** The text of a draft, for the list of conversations. It makes none. */
export function draftText({ user }: Session, conversationId: string): string {
  const key = prefixOf(user.id) + conversationId;
  return present.get(key)?.text.value ?? parse(storage.get(key)).text;
}

/** Whether something is sent only if the page stays open: messages whose files are on their way. */
export function hasUploads(): boolean {
  return [...present.values()].some(({ uploading }) => uploading.peek().length > 0);
}

/** Whether a person has begun to write something. */
export function hasDrafts(userId: string): boolean {
  const hasFiles = [...present.values()].some(({ attachments }) => attachments.peek().files.length > 0);
  return hasFiles || hasUploads() || storage.keys().some((key) => key.startsWith(prefixOf(userId)));
}

/** Deletes a person's drafts, or everybody's, so that the next person who uses this browser can't find them. */
export function deleteDrafts(userId?: string): void {
  const wanted = userId === undefined ? prefix : prefixOf(userId);
  for (const place of [storage, tabStorage])
    for (const key of place.keys()) if (key.startsWith(wanted)) place.remove(key);
  present.clear();
  void fileStore.clear();
}

/** Drafts are stored by person, too: two people who share a browser may be in the same conversation. */
function prefixOf(userId: string): string {
  return `${prefix}${userId}:`;
}

function createDraft(session: Session, conversationId: string, key: string): Draft {
  const draft: Draft = {
    mode: signal<ComposerMode>(newMessage),
    text: signal(''),
    edited: signal<Draft['edited']['value']>(undefined),
    attachments: signal(createAttachments(session, conversationId)),
    uploading: signal<readonly UploadingMessage[]>([]),
  };
  takeOver(draft, storage.get(key));
  void draft.attachments.peek().restore();
  present.set(key, draft);
  effect(() => {
    const { text, mode, edited } = draft;
    const changed = edited.value?.mode === mode.value ? edited.value.text : undefined;
    const files = draft.attachments.value.files.map(({ id, progress }) => id + progress.value.step);
    const stored: StoredDraft = { text: text.value, mode: mode.value, edited: changed, files };
    if (stored.text === '' && stored.mode.kind === 'new' && files.length === 0) storage.remove(key);
    else storage.set(key, JSON.stringify(stored));
  });
  void resumeSending(session, conversationId, draft, key);
  return draft;
}

/** Puts the message of a draft among those that are sent when their files are uploaded. It leaves an empty draft. */
export function sendDraft(session: Session, conversationId: string, draft: Draft): void {
  const { value: mode } = draft.mode;
  const message: UploadingMessage = {
    id: localId(),
    text: draft.text.value.trim(),
    replyTo: mode.kind === 'reply' ? mode.message.seq : undefined,
    attachments: draft.attachments.value,
  };
  message.attachments.moveTo(message.id);
  batch(() => {
    draft.text.value = '';
    draft.mode.value = newMessage;
    draft.attachments.value = createAttachments(session, conversationId);
    draft.uploading.value = [...draft.uploading.value, message];
  });
}

/** Goes on with the messages that this tab was sending before a reload, and sends each when its files are uploaded. */
async function resumeSending(session: Session, conversationId: string, draft: Draft, key: string): Promise<void> {
  const stored: Omit<UploadingMessage, 'attachments'>[] = JSON.parse(tabStorage.get(key) ?? '[]');
  const resumed = stored.map((message) => ({
    ...message,
    attachments: createAttachments(session, conversationId, message.id),
  }));
  for (const { attachments } of resumed) await attachments.restore();
  draft.uploading.value = [...resumed, ...draft.uploading.peek()];
  effect(() => {
    const sending = draft.uploading.value.map(({ id, text, replyTo }) => ({ id, text, replyTo }));
    if (sending.length === 0) tabStorage.remove(key);
    else tabStorage.set(key, JSON.stringify(sending));
    for (const message of draft.uploading.value) sendIfReady(session.chat, conversationId, draft, message);
  });
}

function takeOver(draft: Draft, stored: string | undefined): void {
  const { text, mode, edited } = parse(stored);
  batch(() => {
    draft.text.value = text;
    // A mode is compared by its identity.
    if (JSON.stringify(draft.mode.peek()) !== JSON.stringify(mode)) draft.mode.value = mode;
    if (edited !== undefined) draft.edited.value = { mode: draft.mode.peek(), text: edited };
  });
}

function parse(stored: string | undefined): StoredDraft {
  const nothing = { text: '', mode: newMessage, edited: undefined };
  if (stored === undefined) return nothing;
  try {
    const { text, mode, edited } = JSON.parse(stored);
    return { text, mode: mode.kind === 'new' ? newMessage : mode, edited };
  } catch {
    // An earlier version of the page kept the text alone.
    return { ...nothing, text: stored };
  }
}

// Another tab has written on.
addEventListener('storage', ({ key, newValue }) => {
  const draft = key === null ? undefined : present.get(key);
  if (!draft) return;
  takeOver(draft, newValue ?? undefined);
  void draft.attachments.peek().follow();
});

/** Puts a message into the outbox when its files are uploaded. It goes away if all its files were removed and it has no text. */
function sendIfReady(chat: Chat, conversationId: string, draft: Draft, message: UploadingMessage): void {
  const { text, replyTo, attachments } = message;
  const media = attachments.ready();
  if (media === undefined) return;
  draft.uploading.value = draft.uploading.peek().filter((other) => other !== message);
  if (text !== '' || media.length > 0)
    void chat.send(conversationId, text, {
      ...(media.length > 0 && { media }),
      ...(replyTo !== undefined && { replyTo }),
    });
  attachments.clear();
}
