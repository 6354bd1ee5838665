import { useEffect, useState } from 'preact/hooks';
import { limits } from '#protocol/limits.ts';
import type { Attachment } from '#protocol/media.ts';
import { kindOf } from '#protocol/media-types.ts';
import { Dialog } from '#web/ui/dialog.tsx';
import { lazy } from '#web/ui/lazy.tsx';
import { words } from '#web/words/message.ts';
import { useFile } from './use-file.ts';

const VoiceMessage = lazy(async () => (await import('./voice-message.tsx')).VoiceMessage);

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
  const blurred = usePlaceholder(media);
  return (
    <>
      <button
        type="button"
        class="picture"
        style={{ ...thumbnailBox(media), backgroundImage: blurred }}
        aria-label={words.openPicture}
        onClick={() => setOpen(true)}
      >
        {file && <img src={file.thumbnailUrl} alt="" onError={renew} />}
      </button>
      {isOpen && (
        <Dialog title={words.image} onClose={() => setOpen(false)}>
          {() =>
            file && (
              <img
                class="whole"
                src={file.url}
                alt={words.asSent}
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
      aria-label={words.video}
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
function usePlaceholder({ thumbhash }: Attachment): string {
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
