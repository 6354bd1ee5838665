/** A part of a text: a link if it has an `href`, else plain text. */
export interface TextPart {
  readonly text: string;
  readonly href?: string;
}

// The rules are those of linkify-it, except that an address may follow text of a script without spaces, and that it ends before
// characters that can't be seen, since they may turn the rest of it round.

const letter = '[\\p{L}\\p{N}\\p{M}]';
const label = `${letter}(?:(?:${letter}|-){0,61}${letter})?`;
/** The last part of a domain is either ASCII or not: in `example.com谢谢` it is `com`. */
const lastLabel = `(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?!-|\\p{Script=Latin})|${label})`;
const domain = `(?:${label}\\.){1,10}${lastLabel}`;
const host = `(?:\\[[0-9a-f:.]{2,45}\\]|(?:${label}\\.){0,10}${lastLabel})(?::\\d{1,5})?(?![-_])`;
const mailbox = "[a-z0-9](?:[a-z0-9!#$%&'*+/=?^_`{|}~-]|\\.(?!\\.)){0,63}";
/** An address doesn't begin within a word. */
const before = '(?<![\\p{Script=Latin}\\p{Script=Cyrillic}\\p{Script=Greek}\\p{N}\\p{M}_@.:/-])';
const addresses = new RegExp(
  `${before}(?:(?<web>https?:\\/\\/${host}|(?<bare>www\\.${domain}(?::\\d{1,5})?(?![-_])))|(?:mailto:)?(?<mail>${mailbox}@${domain}))`,
  'giu',
);

/** Splits a text into plain parts and links: addresses with `http:`, `https:` or `www.`, and those of e-mail. */
export function splitLinks(text: string): TextPart[] {
  const found: TextPart[] = [];
  let end = 0;
  for (const { 0: match, index, groups = {} } of text.matchAll(addresses)) {
    if (index < end) continue;
    const { bare, mail } = groups;
    const to = mail ? index + match.length : endOfPath(text, index + match.length);
    const shown = text.slice(index, to);
    const href = mail ? `mailto:${mail}` : bare ? `http://${shown}` : shown;
    if (!URL.canParse(href)) continue;
    if (index > end) found.push({ text: text.slice(end, index) });
    found.push({ text: shown, href });
    end = to;
  }
  if (end < text.length) found.push({ text: text.slice(end) });
  return found;
}

const closing = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
]);
/** Nothing of these is in an address: spaces, control characters, and characters that don't show. */
const never = /[\p{Z}\p{Cc}\u00AD\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF<>"｜]/u;
/** Punctuation of ASCII that an address may have; and what of it may not be its end. */
const inside = /[-\\/:%@#&_*.,;!?']/;
const notLast = /[.,;:!?']/;

/**
 * The end of the path, query and fragment that begin at a position. Brackets belong to it in pairs, and the punctuation that ends a
 * sentence doesn't.
 */
function endOfPath(text: string, start: number): number {
  if (!/[/?#]/.test(text[start] ?? '')) return start;
  const open: string[] = [];
  let end = start;
  let at = start;
  for (const one of text.slice(start)) {
    at += one.length;
    const close = closing.get(one);
    if (close) open.push(close);
    else if (open.at(-1) === one) open.pop();
    else if (never.test(one) || (/\p{P}/u.test(one) && !inside.test(one))) break;
    if (!close && open.length === 0 && !notLast.test(one)) end = at;
  }
  return end;
}
