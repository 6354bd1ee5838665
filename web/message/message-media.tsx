import { useMemo, useState } from 'preact/hooks';
import { thumbHashToDataURL } from 'thumbhash';
import { limits } from '#protocol/limits.ts';
import type { Attachment } from '#protocol/media.ts';
import { kindOf } from '#protocol/media-types.ts';
import { Dialog } from '#web/ui/dialog.tsx';
import { useFile } from './use-file.ts';
import { VoiceMessage } from './voice-message.tsx';

/** The pictures, videos and recordings of a message. */
export function MessageMedia({ media }: { media: readonly Attachment[] }) {
  if (media.length === 0) return null;
  return (
    <div class="message-media">
      {media.map((one) => {
        const Shown = shown[kindOf(one.contentType)];
        return <Shown key={one.id} media={one} />;
      })}
    </div>
  );
}

const shown = { image: Picture, video: Video, audio: VoiceMessage };

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
