import { type Signal, signal } from '@preact/signals';
import type { Chat, Message } from '#client/index.ts';
import type { Session } from '#web/session/session.ts';
import { storage } from '#web/session/storage.ts';
import { type Attachments, createAttachments } from './attachments.ts';

/** What the composer is used for. */
export type ComposerMode = { readonly kind: 'new' } | { readonly kind: 'reply' | 'edit'; readonly message: Message };

export const newMessage: ComposerMode = { kind: 'new' };

/** What a person has begun to write in a conversation. It is kept while another conversation is open. */
export interface Draft {
  readonly mode: Signal<ComposerMode>;
  /** The text of the next message. It is in `localStorage`, so it survives a reload. */
  readonly text: Signal<string>;
  /** The changed text of the message that is edited in `mode`. */
  readonly edited: Signal<{ readonly mode: ComposerMode; readonly text: string } | undefined>;
  readonly attachments: Attachments;
}

const prefix = 'storm:draft:';
const drafts = new WeakMap<Chat, Map<string, Draft>>();

export function draftOf({ chat, user }: Session, conversationId: string): Draft {
  const known = drafts.get(chat) ?? new Map<string, Draft>();
  drafts.set(chat, known);
  const draft = known.get(conversationId) ?? {
    mode: signal(newMessage),
    text: storedText(`${prefixOf(user.id)}${conversationId}`),
    edited: signal(undefined),
    attachments: createAttachments(chat, conversationId),
  };
  known.set(conversationId, draft);
  return draft;
}

/** Deletes a person's drafts, or everybody's, so that the next person who uses this browser can't find them. */
export function deleteDrafts(userId?: string): void {
  const wanted = userId === undefined ? prefix : prefixOf(userId);
  for (const key of storage.keys()) if (key.startsWith(wanted)) storage.remove(key);
}

/** Drafts are stored by person, too: two people who share a browser may be in the same conversation. */
function prefixOf(userId: string): string {
  return `${prefix}${userId}:`;
}

function storedText(key: string): Signal<string> {
  const text = signal(storage.get(key) ?? '');
  text.subscribe((now) => {
    if (now === '') storage.remove(key);
    else storage.set(key, now);
  });
  return text;
}
