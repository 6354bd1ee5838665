import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Plugin } from 'vite';
import * as z from 'zod/mini';

const Entries = z.array(
  z.object({
    unicode: z.string(),
    label: z.string(),
    group: z.optional(z.int()),
    order: z.optional(z.int()),
    tags: z.optional(z.array(z.string())),
  }),
);

/** The parts of emoji, such as skin tones and hair, which are none by themselves. */
const components = 2;
const prefix = 'virtual:emoji/';

/**
 * Makes the modules `virtual:emoji/en` and `virtual:emoji/fr` of emojibase's data: all emoji that the functions take as reactions
 * (`\p{RGI_Emoji}` of this Node.js, which is theirs), by groups, each in a line with its name and its other words.
 */
export const emoji: Plugin = {
  name: 'emoji',
  resolveId: (id) => (id.startsWith(prefix) ? `\0${id}` : undefined),
  load(id) {
    if (!id.startsWith(`\0${prefix}`)) return undefined;
    const language = id.slice(prefix.length + 1);
    const file = createRequire(import.meta.url).resolve(`emojibase-data/${language}/compact.json`);
    const groups = new Map<number, string[]>();
    const entries = Entries.parse(JSON.parse(readFileSync(file, 'utf8')));
    for (const { unicode, label, group, tags = [] } of entries.sort((a, b) => (a.order ?? 0) - (b.order ?? 0))) {
      if (group === undefined || group === components || !/^\p{RGI_Emoji}$/v.test(unicode)) continue;
      const lines = groups.get(group) ?? [];
      groups.set(group, lines);
      lines.push([unicode, label, tags.join(' ')].join('\t'));
    }
    const all = [...groups].sort(([a], [b]) => a - b).map(([, lines]) => lines.join('\n'));
    return `export default ${JSON.stringify(all)}`;
  },
};
