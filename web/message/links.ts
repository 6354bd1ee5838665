export interface Part {
  readonly text: string;
  /** The address, if this part is a link. */
  readonly href?: string;
}

const address = /https?:\/\/[^\s<>"]+/gi;

/** Splits a text into plain parts and links. Only http and https become links, and what follows a sentence stays outside. */
export function parts(text: string): Part[] {
  const found: Part[] = [];
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

/** A closing bracket belongs to the address only if its opening one does. */
function withoutPunctuation(url: string): string {
  const trimmed = url.replace(/[.,;:!?'’”…]+$/, '');
  const unopened = trimmed.endsWith(')') && trimmed.split(')').length > trimmed.split('(').length;
  return unopened ? withoutPunctuation(trimmed.slice(0, -1)) : trimmed;
}
