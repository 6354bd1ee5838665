import { fail, type Result } from '#protocol/failures.ts';
import type { Size } from '#protocol/size.ts';

/** What a text may have beyond the largest that its schema accepts: blanks, and some fields that nobody knows, which are then named. */
const spare: Size = { units: 1_024, values: 32, depth: 4 };

/**
 * Parses a JSON text that is at most as large as `size` says. Its length is looked at first, then how many values it has and how deep
 * they are, without parsing it. Errors: `too_large`, `bad_request`.
 */
export function readJson(text: string, size: Size): Result<unknown> {
  if (text.length > textUnits(size)) return fail('too_large');
  if (!fits(text, size.values + spare.values, size.depth + spare.depth))
    return fail('bad_request', 'The JSON has too many values, or too many levels.');
  try {
    return { ok: JSON.parse(text) };
  } catch {
    return fail('bad_request', 'This is not JSON.');
  }
}

/** The largest text that can be as large as `size` says. */
export const textUnits = ({ units }: Size) => units + spare.units;

/** The largest text in base64 whose content can be as large as `size` says. Each UTF-16 code unit has at most 3 bytes in UTF-8. */
export const base64Units = (size: Size) => 4 * textUnits(size);

/** Whether a JSON text has at most so many values and levels. Every value but the first follows a comma or a bracket. */
function fits(text: string, values: number, depth: number): boolean {
  let [count, level, quoted] = [1, 0, false];
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '"') quoted = !quoted;
    else if (quoted) i += character === '\\' ? 1 : 0;
    else if (character === ',') count++;
    else if (character === ']' || character === '}') level--;
    else if (character === '[' || character === '{') {
      count++;
      level++;
    }
    if (count > values || level > depth) return false;
  }
  return true;
}
