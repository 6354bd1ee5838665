import type { Attachment } from '#protocol/media.ts';
import { lazy } from '#web/ui/lazy.tsx';
import { Album } from './album.tsx';
import { isVisual } from './visual-files.ts';

const VoiceMessage = lazy(async () => (await import('./voice-message.tsx')).VoiceMessage);

interface MessageMediaProps {
  readonly media: readonly Attachment[];
  /** The client id of the message. */
  readonly messageId: string;
}

/** The pictures, films and recordings of a message. */
export function MessageMedia({ media, messageId }: MessageMediaProps) {
  const seen = media.filter(isVisual);
  const heard = media.filter((one) => !isVisual(one));
  return (
    <>
      {seen.length > 0 && <Album media={seen} messageId={messageId} />}
      {heard.map((one) => (
        <div key={one.id} class="voice-space">
          <VoiceMessage media={one} />
        </div>
      ))}
    </>
  );
}

/** The class of a bubble that is as wide as the pictures and films in it, if there are any. */
export function bubbleClass(media: readonly Attachment[]): string {
  return media.some(isVisual) ? 'bubble framed' : 'bubble';
}
