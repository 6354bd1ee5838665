import { useEffect, useState } from 'preact/hooks';
import type { Attachment } from '#protocol/media.ts';

/** A blurred preview as a CSS image, from the ThumbHash that came with the message. */
export function usePlaceholder({ thumbhash }: Attachment): string {
  const [image, setImage] = useState('none');
  useEffect(() => {
    if (thumbhash === undefined) return;
    const bytes = Uint8Array.from(atob(thumbhash), (character) => character.charCodeAt(0));
    import('thumbhash').then(
      ({ thumbHashToDataURL }) => setImage(`url(${thumbHashToDataURL(bytes)})`),
      // The picture comes without it.
      () => undefined,
    );
  }, [thumbhash]);
  return image;
}
