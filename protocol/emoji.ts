/** A selector of emoji style after a character that can have one. Elsewhere, and where it is repeated, it stays. */
const emojiStyle = /(?<=[\p{Extended_Pictographic}0-9#*])\uFE0F(?!\uFE0F)/gu;

/** A character that is shown as text unless the selector or a skin tone follows it. */
const textByDefault = /(?!\p{Emoji_Presentation})\p{Emoji}(?!\p{Emoji_Modifier})/gu;

/**
 * The fully qualified form of an emoji, in which all of its spellings are the same: with the selector U+FE0F after each character
 * that needs one and after no other (UTS #51, "emoji-test.txt"). A text that isn't one emoji comes back changed or not, but never
 * as one.
 */
export function fullyQualified(emoji: string): string {
  return emoji.replace(emojiStyle, '').replace(textByDefault, '$&\uFE0F');
}
