import type { Attachment } from '#protocol/media.ts';
import { kindOf } from '#protocol/media-types.ts';
import { useConversation } from '#web/conversation/conversation-context.ts';
import { formatDuration } from '#web/ui/dates.ts';
import { PlayIcon } from '#web/ui/icons.tsx';
import { words } from '#web/words/message.ts';
import { isTiny, pictureBox } from './picture-box.ts';
import { usePlaceholder } from './placeholder.ts';
import { useFile } from './use-file.ts';
import { fileKey } from './visual-files.ts';

/** So many of an album are seen in its message. */
const mostTiles = 4;

interface AlbumProps {
  readonly media: readonly Attachment[];
  /** The client id of the message. */
  readonly messageId: string;
}

/** The pictures and films of a message: one as it is, several as tiles. Their space is reserved while they load. A click opens the viewer. */
export function Album({ media, messageId }: AlbumProps) {
  const { overlay } = useConversation();
  const [first] = media;
  const box = media.length === 1 && first ? pictureBox(first) : undefined;
  const style = box && { width: `${box.width}px`, aspectRatio: `${box.width} / ${box.height}` };
  return (
    <div class={`album tiles-${Math.min(media.length, mostTiles)}`} {...(style && { style })}>
      {media.slice(0, mostTiles).map((one, i) => (
        <Tile
          key={one.id}
          media={one}
          label={labelOf(one, i + 1, media.length)}
          more={i === mostTiles - 1 ? media.length - mostTiles : 0}
          onClick={() => {
            overlay.value = { kind: 'viewer', key: fileKey(messageId, one) };
          }}
        />
      ))}
    </div>
  );
}

function labelOf({ contentType, duration = 0 }: Attachment, index: number, all: number): string {
  if (kindOf(contentType) === 'image') return all === 1 ? words.openPicture : words.openPictureOf(index, all);
  const length = formatDuration(duration);
  return all === 1 ? words.playFilm(length) : words.playFilmOf(index, all, length);
}

interface TileProps {
  readonly media: Attachment;
  readonly label: string;
  /** How many there are after this one that have no tile. */
  readonly more: number;
  readonly onClick: () => void;
}

function Tile({ media, label, more, onClick }: TileProps) {
  const [file, renew] = useFile(media.id);
  const blurred = usePlaceholder(media);
  const isFilm = kindOf(media.contentType) === 'video';
  return (
    <button type="button" class="tile" style={{ backgroundImage: blurred }} aria-label={label} onClick={onClick}>
      {file &&
        (file.thumbnailUrl ? (
          <img class={!isFilm && isTiny(media) ? 'tiny' : ''} src={file.thumbnailUrl} alt="" onError={renew} />
        ) : (
          // A film without a thumbnail. Safari shows a picture of it only where a time is named.
          <video
            src={`${file.url}#t=0.1`}
            preload="metadata"
            muted
            playsInline
            aria-hidden="true"
            tabIndex={-1}
            onError={renew}
          />
        ))}
      {isFilm && (
        <>
          <span class="play">
            <PlayIcon />
          </span>
          {media.duration !== undefined && <span class="over">{formatDuration(media.duration)}</span>}
        </>
      )}
      {more > 0 && <span class="beyond">+{more}</span>}
    </button>
  );
}
