import { type Signal, signal } from '@preact/signals';
import type { Chat, Message } from '#client/index.ts';
import type { Session } from '#web/app/session.ts';
import { type Attachments, createAttachments } from './attachments.ts';

/** What the composer writes: a new message, unless it says otherwise. */
export type Writing = { readonly kind: 'new' } | { readonly kind: 'reply' | 'edit'; readonly message: Message };

export const newMessage: Writing = { kind: 'new' };

/** What a person has begun to write in a conversation. It waits while they look at another one. */
export interface Draft {
  readonly writing: Signal<Writing>;
  /** Of the next message. Kept by the browser over reloads. */
  readonly text: Signal<string>;
  /** Of the message that is being edited, once it has been changed. */
  readonly edited: Signal<{ readonly writing: Writing; readonly text: string } | undefined>;
  readonly attachments: Attachments;
}

const drafts = new WeakMap<Chat, Map<string, Draft>>();

export function draftOf({ chat, user }: Session, conversationId: string): Draft {
  const known = drafts.get(chat) ?? new Map<string, Draft>();
  drafts.set(chat, known);
  const draft = known.get(conversationId) ?? {
    writing: signal(newMessage),
    text: storedText(`${prefixOf(user.id)}${conversationId}`),
    edited: signal(undefined),
    attachments: createAttachments(chat, conversationId),
  };
  known.set(conversationId, draft);
  return draft;
}

/** Whoever uses this browser next finds nothing of it. */
export function forgetDrafts(userId: string): void {
  for (const key of Object.keys(localStorage)) if (key.startsWith(prefixOf(userId))) localStorage.removeItem(key);
}

/** Another person in this browser may be in the same conversation. */
function prefixOf(userId: string): string {
  return `storm:draft:${userId}:`;
}

function storedText(key: string): Signal<string> {
  const text = signal(localStorage.getItem(key) ?? '');
  text.subscribe((now) => {
    if (now === '') localStorage.removeItem(key);
    else localStorage.setItem(key, now);
  });
  return text;
}
