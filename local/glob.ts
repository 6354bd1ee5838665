/** Returns what tells whether a name is the pattern's, in which `*` stands for any characters. */
export function glob(pattern: string): (name: string) => boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[^\w]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('.*')}$`);
  return (name) => expression.test(name);
}
