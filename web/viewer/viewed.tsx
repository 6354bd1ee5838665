import { useEffect, useState } from 'preact/hooks';
import type { Attachment } from '#protocol/media.ts';
import { kindOf } from '#protocol/media-types.ts';
import { useConversation } from '#web/conversation/conversation-context.ts';
import { useFile } from '#web/message/use-file.ts';
import { words } from '#web/words/viewer.ts';
import type { ViewedFile } from './files.ts';

/** A whole picture. Its thumbnail is behind it while it loads. */
export function Picture({ file: { media }, transform }: { file: ViewedFile; transform: string }) {
  const [file, renew] = useFile(media.id);
  const [isLoaded, setLoaded] = useState(false);
  return (
    <img
      class="whole"
      src={file?.url}
      alt={words.asSent}
      draggable={false}
      style={{
        ...fitted(media, media.width),
        transform,
        backgroundImage: isLoaded || !file ? 'none' : `url("${file.thumbnailUrl}")`,
      }}
      onLoad={() => setLoaded(true)}
      onError={renew}
    />
  );
}

export function Film({ file: { media } }: { file: ViewedFile }) {
  const [file, renew] = useFile(media.id);
  return (
    // biome-ignore lint/a11y/useMediaCaption: people record their films without captions
    <video
      class="whole"
      src={file?.url}
      poster={file?.thumbnailUrl}
      style={fitted(media)}
      controls
      autoplay
      playsInline
      aria-label={words.film}
      onError={renew}
    />
  );
}

/** As large as the stage allows, and at most `widest` px wide. The space is reserved before anything has loaded. */
function fitted({ width = 16, height = 9 }: Attachment, widest?: number) {
  const largest = `min(100cqw, ${(100 * width) / height}cqh)`;
  return {
    width: widest === undefined ? largest : `min(${widest}px, ${largest})`,
    aspectRatio: `${width} / ${height}`,
  };
}

/** Loads pictures that are likely to be shown next. */
export function usePreloading(files: readonly (ViewedFile | undefined)[]): void {
  const { chat } = useConversation().session;
  const ids = files.flatMap((file) => (file && kindOf(file.media.contentType) === 'image' ? file.media.id : []));
  useEffect(() => {
    for (const id of ids)
      void chat.media.get(id).then((found) => {
        if ('ok' in found && found.ok.url !== undefined) new Image().src = found.ok.url;
      });
  }, [ids.join(), chat]);
}
