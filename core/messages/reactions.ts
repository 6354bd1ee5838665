import type { Reaction } from '#core/conversations/change.ts';
import { fullyQualified } from '#protocol/emoji.ts';

// Reactions that were stored before decision 0111 may have any spelling of an emoji, and characters that are none.

/** Whether a user's stored reactions have a fully qualified emoji, in any of its spellings. */
export function includesEmoji(mine: readonly string[], emoji: string): boolean {
  return mine.some((one) => fullyQualified(one) === emoji);
}

/** Counts the spellings of each emoji together. A user who is listed with two of them counts once. */
export function mergeSpellings(reactions: readonly Reaction[]): { emoji: string; count: number; userIds: string[] }[] {
  const merged = new Map<string, { emoji: string; count: number; userIds: string[] }>();
  for (const { emoji: spelling, count, userIds } of reactions) {
    const emoji = fullyQualified(spelling);
    const same = merged.get(emoji) ?? { emoji, count: 0, userIds: [] };
    const others = userIds.filter((userId) => !same.userIds.includes(userId));
    const twice = userIds.length - others.length;
    merged.set(emoji, { emoji, count: same.count + count - twice, userIds: [...same.userIds, ...others] });
  }
  return [...merged.values()];
}
