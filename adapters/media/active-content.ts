/** How many bytes at the start of a file programs search for the signature of a PDF. */
const pdfStart = 1024;
/** A ZIP archive ends with a record of 22 bytes and a comment of up to 65 535 bytes (PKWARE APPNOTE, section 4.3.16). */
const archiveEnd = { signature: Buffer.from('PK\x05\x06', 'latin1'), length: 22, maxComment: 65_535 };
/**
 * Text must follow, since compressed pixels contain a few such letters by chance. Drawings (`<svg`) aren't looked for: programs for
 * diagrams put the drawing into the picture that they make of it, and nothing takes a file for a drawing that doesn't begin as one.
 */
const markup =
  /<(?:!doctype|html|head|body|script|iframe|object|embed|\?php)[\s>](?:[\t\n\r -~]{4}|[\t\n\r -~]{0,3}$)/i;

/**
 * Whether an image file is also something that other programs open or run: a page, a script, an archive or a PDF. Data after the
 * image isn't a sign of that by itself, since cameras put previews and videos there.
 */
export function hasActiveContent(bytes: Buffer): boolean {
  return markup.test(bytes.toString('latin1')) || bytes.subarray(0, pdfStart).includes('%PDF-') || endsAsArchive(bytes);
}

function endsAsArchive(bytes: Buffer): boolean {
  const from = Math.max(0, bytes.length - archiveEnd.length - archiveEnd.maxComment);
  for (let at = bytes.length; at > from; ) {
    at = bytes.lastIndexOf(archiveEnd.signature, at - 1);
    if (at < from) return false;
    if (at + archiveEnd.length > bytes.length) continue;
    if (at + archiveEnd.length + bytes.readUInt16LE(at + 20) <= bytes.length) return true;
  }
  return false;
}
