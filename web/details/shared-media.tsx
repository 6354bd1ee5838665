import { useState } from 'preact/hooks';
import type { Message } from '#client/index.ts';
import type { Attachment } from '#protocol/media.ts';
import { kindOf } from '#protocol/media-types.ts';
import { failureMessage } from '#web/app/failure-messages.ts';
import { goToMessage } from '#web/app/navigation.ts';
import { useConversation } from '#web/conversation/conversation-context.ts';
import { useFile } from '#web/message/use-file.ts';
import { isVisual } from '#web/message/visual-files.ts';
import { formatDay } from '#web/ui/dates.ts';
import { PlayIcon } from '#web/ui/icons.tsx';
import { words } from '#web/words/details.ts';

/** How many messages are looked through at each click. The service has no list of files, so it is the history that is read. */
const messagesAtOnce = 100;

/** How many are shown at first, so that what comes after them isn't far below. */
const few = 6;

/** The pictures and films of the conversation: those of the messages that are loaded, and further back as far as somebody asks. */
export function SharedMedia() {
  const { conversation, session, id } = useConversation();
  const { messages, hasOlder, loaded } = conversation;
  const [older, setOlder] = useState<readonly Message[]>([]);
  const [isLooking, setLooking] = useState(false);
  const [status, setStatus] = useState('');
  const [hasMore, setHasMore] = useState(true);
  const [isWhole, setWhole] = useState(false);
  const first = messages[0]?.seq ?? Number.POSITIVE_INFINITY;
  const all = [...older.filter(({ seq }) => seq < first), ...messages];
  const found = all
    .flatMap((message) => message.media.flatMap((media) => (isVisual(media) ? { message, media } : [])))
    .reverse();
  const shown = isWhole ? found : found.slice(0, few);

  async function lookBack() {
    setLooking(true);
    const page = await session.chat.api.history(id, {
      limit: messagesAtOnce,
      ...(all[0] && { before: all[0].seq }),
    });
    setLooking(false);
    if ('error' in page) return setStatus(failureMessage(page.error));
    setOlder([...page.ok.messages, ...older]);
    setWhole(true);
    setHasMore(page.ok.hasMore);
    setStatus(page.ok.messages.some(({ media }) => media.some(isVisual)) ? '' : words.noneThere);
  }

  if (!loaded) return null;
  return (
    <section>
      <h3>{words.media}</h3>
      {shown.length > 0 && (
        <ul class="shared-media">
          {shown.map(({ message, media }) => (
            <li key={`${message.seq} ${media.id}`}>
              <Thumbnail media={media} message={message} />
            </li>
          ))}
        </ul>
      )}
      <p class="hint" role="status">
        {status || (shown.length === 0 && words.noMedia)}
      </p>
      {shown.length < found.length && (
        <div class="actions">
          <button type="button" onClick={() => setWhole(true)}>
            {words.allMedia(found.length)}
          </button>
        </div>
      )}
      {shown.length === found.length && hasOlder && hasMore && (
        <div class="actions">
          <button type="button" aria-busy={isLooking} onClick={() => isLooking || void lookBack()}>
            {words.lookBack}
          </button>
        </div>
      )}
    </section>
  );
}

function Thumbnail({ media, message }: { media: Attachment; message: Message }) {
  const { id } = useConversation();
  const [file, renew] = useFile(media.id);
  const isFilm = kindOf(media.contentType) === 'video';
  return (
    <button
      type="button"
      aria-label={(isFilm ? words.filmOf : words.pictureOf)(formatDay(message.sentAt))}
      onClick={({ currentTarget }) => {
        // A sheet would cover what it leads to.
        const sheet = currentTarget.closest('dialog');
        if (sheet?.matches(':modal')) sheet.close();
        goToMessage(id, message.seq);
      }}
    >
      {file?.thumbnailUrl && <img src={file.thumbnailUrl} alt="" loading="lazy" onError={renew} />}
      {isFilm && <PlayIcon />}
    </button>
  );
}
