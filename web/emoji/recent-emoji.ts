import { emojiKey, storage } from '#web/session/storage.ts';

const usual = ['👍', '❤️', '😂', '🎉', '😮', '🙏'];
const mostKept = 24;

/** What this browser keeps of a person's emoji: the skin tone that they have chosen, or nothing, and those they used last. */
function kept(userId: string): [tone: string, ...recent: string[]] {
  const [tone = '', ...recent] = (storage.get(emojiKey(userId)) ?? '').split(' ');
  return [tone, ...recent];
}

/** The emoji that a person used last in this browser, newest first, and then the usual ones. */
export function recentEmoji(userId: string): string[] {
  const [, ...recent] = kept(userId);
  return [...new Set([...recent, ...usual])];
}

export function noteEmoji(userId: string, emoji: string): void {
  const recent = new Set([emoji, ...recentEmoji(userId)]);
  storage.set(emojiKey(userId), [skinTone(userId), ...recent].slice(0, mostKept).join(' '));
}

/** The skin tone that the person has chosen; empty if none. */
export function skinTone(userId: string): string {
  return kept(userId)[0];
}

export function chooseSkinTone(userId: string, tone: string): void {
  const [, ...recent] = kept(userId);
  storage.set(emojiKey(userId), [tone, ...recent].join(' '));
}
