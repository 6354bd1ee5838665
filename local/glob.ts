/** Returns what tells whether a text is the pattern's, in which `*` stands for any characters, and `?` for one where that is so, too. */
export function glob(pattern: string, hasQuestionMarks = false): (text: string) => boolean {
  const source = pattern.replace(/[^\w]/g, '\\$&').replaceAll('\\*', '.*');
  const expression = new RegExp(`^${hasQuestionMarks ? source.replaceAll('\\?', '.') : source}$`, 's');
  return (text) => expression.test(text);
}
