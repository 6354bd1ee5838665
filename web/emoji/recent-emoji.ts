import { storage } from '#web/session/storage.ts';

const usual = ['👍', '❤️', '😂', '🎉', '😮', '🙏'];
const mostKept = 24;

const recentKey = (userId: string) => `storm:emoji:${userId}`;
const toneKey = (userId: string) => `storm:emoji-tone:${userId}`;

/** The emoji that a person used last in this browser, newest first, and then the usual ones. */
export function recentEmoji(userId: string): string[] {
  const used = (storage.get(recentKey(userId)) ?? '').split(' ').filter(Boolean);
  return [...new Set([...used, ...usual])];
}

export function noteEmoji(userId: string, emoji: string): void {
  storage.set(recentKey(userId), [...new Set([emoji, ...recentEmoji(userId)])].slice(0, mostKept).join(' '));
}

/** The skin tone that the person has chosen; empty if none. */
export function skinTone(userId: string): string {
  return storage.get(toneKey(userId)) ?? '';
}

export function chooseSkinTone(userId: string, tone: string): void {
  storage.set(toneKey(userId), tone);
}

/** Deletes what this browser knows of a person's emoji. */
export function forgetEmoji(userId: string): void {
  storage.remove(recentKey(userId));
  storage.remove(toneKey(userId));
}
