import { limits } from '#protocol/limits.ts';

const declaration = /^(?:export )?const (\w+) = /gm;
// A doc comment right above an exported schema, and one right above a property, in the layout that Biome gives them.
const aboveSchema = /\/\*\*((?:(?!\*\/).)*)\*\/\nexport const (\w+) = /gs;
const aboveProperty = /\/\*\*((?:(?!\*\/).)*)\*\/\s+(\w+):/gs;
const spread = /\.\.\.(\w+)/g;

/**
 * Returns the doc comments of the schemas in a source text. The key is `Name` for the comment of a schema, and `Name.property`
 * for that of a property, including properties that come from another schema by a spread.
 */
export function commentsIn(source: string): Map<string, string> {
  const comments = new Map<string, string>();
  for (const [, text = '', name = ''] of source.matchAll(aboveSchema)) comments.set(name, prose(text));

  const starts = [...source.matchAll(declaration)];
  const bodies = starts.map(({ index, 1: name = '' }, i) => ({
    name,
    body: source.slice(index, starts[i + 1]?.index),
  }));
  for (const { name, body } of bodies)
    for (const [, text = '', property] of body.matchAll(aboveProperty))
      comments.set(`${name}.${property}`, prose(text));
  for (const { name, body } of bodies)
    for (const [, from] of body.matchAll(spread))
      for (const [key, text] of [...comments])
        if (key.startsWith(`${from}.`)) comments.set(key.replace(`${from}.`, `${name}.`), text);
  return comments;
}

/** Makes one paragraph of a comment, and replaces each `limits.name` by its number. */
function prose(comment: string): string {
  const text = comment
    .replace(/^\s*\*/gm, '')
    .replace(/\s+/g, ' ')
    .trim();
  return text.replace(/`limits\.(\w+)`/g, (_, name) => {
    const limit = Object.entries(limits).find(([key]) => key === name)?.[1];
    if (typeof limit !== 'number') throw new Error(`A comment names limits.${name}, which is no number`);
    return String(limit);
  });
}
