import { useEffect, useMemo, useState } from 'preact/hooks';
import { thumbHashToDataURL } from 'thumbhash';
import { limits } from '#protocol/limits.ts';
import type { Attachment, Media } from '#protocol/media.ts';
import { isImage } from '#protocol/media-types.ts';
import { useConversation } from '#web/conversation/conversation-context.ts';
import { connection } from '#web/session/chat-state.ts';
import { Dialog } from '#web/ui/dialog.tsx';

/** The pictures and videos of a message. */
export function MessageMedia({ media }: { media: readonly Attachment[] }) {
  if (media.length === 0) return null;
  return (
    <div class="message-media">
      {media.map((one) =>
        isImage(one.contentType) ? <Picture key={one.id} media={one} /> : <Video key={one.id} media={one} />,
      )}
    </div>
  );
}

/** A thumbnail, whose space is reserved while it loads. A click opens the whole picture. */
function Picture({ media }: { media: Attachment }) {
  const [file, renew] = useFile(media.id);
  const [isOpen, setOpen] = useState(false);
  const blurred = useMemo(() => placeholder(media), [media.thumbhash]);
  return (
    <>
      <button
        type="button"
        class="picture"
        style={{ ...thumbnailBox(media), backgroundImage: blurred }}
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

function Video({ media }: { media: Attachment }) {
  const [file, renew] = useFile(media.id);
  return (
    // biome-ignore lint/a11y/useMediaCaption: people record their videos without captions
    <video
      class="video"
      style={thumbnailBox(media)}
      src={file?.url}
      controls
      preload="metadata"
      aria-label="Video"
      onError={renew}
    />
  );
}

/** The addresses of a file. They expire: a picture that fails to load calls `renew` to fetch new ones. */
function useFile(id: string): readonly [file: Media | undefined, renew: () => void] {
  const { chat } = useConversation().session;
  const [file, setFile] = useState<Media>();
  const load = async () => {
    const result = await chat.media.get(id);
    if ('ok' in result) setFile(result.ok);
  };
  // A fetch that failed for want of a connection is repeated when there is one.
  const isOnline = connection.value === 'online';
  useEffect(() => {
    if (!file) void load();
  }, [id, chat, isOnline]);
  return [file, () => void load()];
}

/** Reserves the size of the thumbnail, so that nothing moves when it has loaded. */
function thumbnailBox({ width = limits.thumbnailPixels, height = limits.thumbnailPixels }: Attachment) {
  const scale = Math.min(1, limits.thumbnailPixels / Math.max(width, height));
  return { width: `${Math.round(width * scale)}px`, aspectRatio: `${width} / ${height}` };
}

/** A blurred preview as a CSS image, from the ThumbHash that came with the message. */
function placeholder({ thumbhash }: Attachment): string {
  if (thumbhash === undefined) return 'none';
  const bytes = Uint8Array.from(atob(thumbhash), (character) => character.charCodeAt(0));
  return `url(${thumbHashToDataURL(bytes)})`;
}
