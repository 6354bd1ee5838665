/** Made by `emoji-plugin.ts`: a string for each group, with a line for each emoji: itself, its name and its other words. */
declare module 'virtual:emoji/*' {
  const groups: readonly string[];
  export default groups;
}
