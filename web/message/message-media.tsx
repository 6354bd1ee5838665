import { useEffect, useMemo, useState } from 'preact/hooks';
import { thumbHashToDataURL } from 'thumbhash';

import { limits } from '#protocol/limits.ts';
import type { Attachment, Media } from '#protocol/media.ts';
import { mediaTypes } from '#protocol/media-types.ts';
import { connection } from '#web/app/session.ts';
import { useTalk } from '#web/conversation/conversation-context.ts';
import { Dialog } from '#web/ui/dialog.tsx';

/** The pictures and films of a message. */
export function MessageMedia({ media }: { media: readonly Attachment[] }) {
  if (media.length === 0) return null;
  return (
    <div class="message-media">
      {media.map((one) =>
        mediaTypes[one.contentType] === 'image' ? (
          <Picture key={one.id} media={one} />
        ) : (
          <Film key={one.id} media={one} />
        ),
      )}
    </div>
  );
}

/** A thumbnail that keeps its place while it loads; pressed, the whole picture. */
function Picture({ media }: { media: Attachment }) {
  const [file, renew] = useFile(media.id);
  const [isOpen, setOpen] = useState(false);
  const blurred = useMemo(() => placeholder(media), [media.thumbhash]);
  return (
    <>
      <button
        type="button"
        class="picture"
        style={{ ...place(media), backgroundImage: blurred }}
        aria-label="Open the picture"
        onClick={() => setOpen(true)}
      >
        {file && <img src={file.thumbnailUrl} alt="" onError={renew} />}
      </button>
      {isOpen && (
        <Dialog title="Picture" onClose={() => setOpen(false)}>
          {() =>
            file && (
              <img
                class="whole"
                src={file.url}
                alt="As it was sent"
                width={media.width}
                height={media.height}
                onError={renew}
              />
            )
          }
        </Dialog>
      )}
    </>
  );
}

function Film({ media }: { media: Attachment }) {
  const [file, renew] = useFile(media.id);
  return (
    // biome-ignore lint/a11y/useMediaCaption: what people film has no captions
    <video
      class="film"
      style={place(media)}
      src={file?.url}
      controls
      preload="metadata"
      aria-label="Film"
      onError={renew}
    />
  );
}

/** Where a file is. `renew` when its address isn't good any more, since one may scroll to it after long. */
function useFile(id: string): readonly [file: Media | undefined, renew: () => void] {
  const { chat } = useTalk().session;
  const [file, setFile] = useState<Media>();
  const load = async () => {
    const result = await chat.media.get(id);
    if ('ok' in result) setFile(result.ok);
  };
  const isOnline = connection.value === 'online';
  useEffect(() => {
    if (!file) void load();
  }, [id, chat, isOnline]);
  return [file, () => void load()];
}

/** The size at which it is shown: that of its thumbnail. */
function place({ width = limits.thumbnailPixels, height = limits.thumbnailPixels }: Attachment) {
  const scale = Math.min(1, limits.thumbnailPixels / Math.max(width, height));
  return { width: `${Math.round(width * scale)}px`, aspectRatio: `${width} / ${height}` };
}

function placeholder({ thumbhash }: Attachment): string {
  if (thumbhash === undefined) return 'none';
  const bytes = Uint8Array.from(atob(thumbhash), (character) => character.charCodeAt(0));
  return `url(${thumbHashToDataURL(bytes)})`;
}
