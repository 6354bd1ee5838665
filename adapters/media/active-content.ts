/** Bytes at the start within which programs look for a PDF. */
const pdfStart = 1024;
/** An archive ends with a record of 22 bytes and a comment of up to 65 535 (PKWARE, APPNOTE 4.3.16). */
const archiveEnd = { signature: Buffer.from('PK\x05\x06', 'latin1'), length: 22, maxComment: 65_535 };
const markup = /<(?:!doctype|html|head|body|script|svg|iframe|object|embed|\?php)[\s>]/i;

/**
 * Whether a file is, besides an image, something that other programs open or run: a page, a script, an archive, a PDF. That more
 * pixels or a film stand behind an image is no sign of it: cameras do that.
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
