/** A part of a text: a link if it has an `href`, else plain text. */
export interface TextPart {
  readonly text: string;
  readonly href?: string;
}

const address = /https?:\/\/[^\s<>"]+/gi;

/**
 * Splits a text into plain parts and links. Only `http:` and `https:` addresses become links; the punctuation that ends a
 * sentence isn't part of one.
 */
export function splitLinks(text: string): TextPart[] {
  const found: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(address)) {
    const url = withoutPunctuation(match[0]);
    if (!URL.canParse(url)) continue;
    if (match.index > end) found.push({ text: text.slice(end, match.index) });
    found.push({ text: url, href: url });
    end = match.index + url.length;
  }
  if (end < text.length) found.push({ text: text.slice(end) });
  return found;
}

/**
 * Takes punctuation off the end; also a closing bracket, unless the bracket that it closes is in the address
 * (`…/Rust_(language)`).
 */
function withoutPunctuation(url: string): string {
  const trimmed = url.replace(/[.,;:!?'’”…]+$/, '');
  const unopened = trimmed.endsWith(')') && trimmed.split(')').length > trimmed.split('(').length;
  return unopened ? withoutPunctuation(trimmed.slice(0, -1)) : trimmed;
}
