import { saveFile } from '#web/ui/save-file.ts';
import type { ViewedFile } from './files.ts';

/**
 * Downloads a file. A link would open it instead, since it comes from another origin.
 * @param url its signed address
 * @throws if it can't be fetched
 */
export async function download(url: string, { media, at }: ViewedFile): Promise<void> {
  // The copy in the cache came for an `<img>`, without the headers that allow a page to read it.
  const response = await fetch(url, { cache: 'reload', credentials: 'omit' });
  if (!response.ok) throw new Error(`HTTP status ${response.status}`);
  saveFile(nameFor(media.contentType, at), await response.blob());
}

/** `storm-2026-11-29-140533.jpg`. The server takes no names of files. */
function nameFor(contentType: string, at: string): string {
  const type = contentType.split('/')[1] ?? '';
  const ending = { jpeg: 'jpg', quicktime: 'mov' }[type] ?? type;
  const time = at.slice(0, 19).replace('T', '-').replaceAll(':', '');
  return `storm-${time}.${ending}`;
}
