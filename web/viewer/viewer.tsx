import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { kindOf } from '#protocol/media-types.ts';
import { useConversation } from '#web/conversation/conversation-context.ts';
import { Name } from '#web/people/names.tsx';
import { outgoing } from '#web/session/chat-state.ts';
import { formatDay, formatTime } from '#web/ui/dates.ts';
import { IconButton } from '#web/ui/icon-button.tsx';
import { BackIcon, CloseIcon, icon } from '#web/ui/icons.tsx';
import { words as ofMessages } from '#web/words/message.ts';
import { words as common } from '#web/words/ui.ts';
import { words } from '#web/words/viewer.ts';
import { download } from './download.ts';
import { filesOf } from './files.ts';
import { useZoom } from './use-zoom.ts';
import { Film, Picture, usePreloading } from './viewed.tsx';
import '#web/styles/viewer.css';

const ForwardIcon = icon('M9 5l7 7-7 7');
const DownloadIcon = icon('M12 4v11M7 10.5l5 5 5-5M5 20h14');
const ZoomInIcon = icon('M15.5 15.5 21 21M10.5 18a7.5 7.5 0 1 1 0-15 7.5 7.5 0 0 1 0 15zM7.5 10.5h6M10.5 7.5v6');
const ZoomOutIcon = icon('M15.5 15.5 21 21M10.5 18a7.5 7.5 0 1 1 0-15 7.5 7.5 0 0 1 0 15zM7.5 10.5h6');

interface ViewerProps {
  /** The `fileKey` of what is shown. */
  readonly shown: string;
}

/** Shows the pictures and films of the conversation that are loaded, one at a time and as large as the window. */
export function Viewer({ shown }: ViewerProps) {
  const { overlay, history, conversation, id, session } = useConversation();
  const dialog = useRef<HTMLDialogElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const [failure, setFailure] = useState('');
  const waiting = outgoing.value.filter(({ conversationId }) => conversationId === id);
  const files = filesOf(history.shown(conversation).messages, waiting, session.user.id);
  const lastIndex = useRef(0);
  const found = files.findIndex(({ key }) => key === shown);
  // Where the message of the present one was deleted, the next one is shown.
  const index = found === -1 ? Math.min(lastIndex.current, files.length - 1) : found;
  lastIndex.current = index;
  const file = files[index];

  const go = (to: number) => {
    const next = files[to];
    if (!next) return;
    overlay.value = { kind: 'viewer', key: next.key };
    setFailure('');
  };
  const isRtl = () => dialog.current !== null && getComputedStyle(dialog.current).direction === 'rtl';
  const act = useRef<(direction: 'left' | 'right' | 'down') => void>(() => {});
  act.current = (direction) => {
    if (direction === 'down') dialog.current?.close();
    else go(index + ((direction === 'left') === isRtl() ? -1 : 1));
  };
  const zoom = useZoom(
    stage,
    file?.key ?? '',
    useCallback((direction) => act.current(direction), []),
  );

  useEffect(() => {
    dialog.current?.showModal();
    // Its first button would have the focus, and look chosen.
    dialog.current?.focus();
  }, []);
  useEffect(() => {
    if (!file) dialog.current?.close();
  }, [file]);
  usePreloading([files[index - 1], files[index + 1]]);

  function onKeyDown(event: KeyboardEvent) {
    // The controls of a film have keys of their own.
    if (event.target instanceof HTMLVideoElement || event.ctrlKey || event.metaKey || event.altKey) return;
    const steps: Record<string, number> = { ArrowRight: isRtl() ? -1 : 1, ArrowLeft: isRtl() ? 1 : -1 };
    const step = steps[event.key];
    if (zoom.onKey(event)) event.preventDefault();
    else if (step) go(index + step);
    else if (event.key === 'Home') go(0);
    else if (event.key === 'End') go(files.length - 1);
  }

  async function onDownload() {
    if (!file) return;
    const found = await session.chat.media.get(file.media.id);
    const { url } = 'ok' in found ? found.ok : {};
    const isDone = url !== undefined && (await download(url, file).then(() => true, console.warn));
    setFailure(isDone ? '' : words.notDownloaded);
  }

  /** A click beside the picture closes. */
  function onClickStage({ clientX: x, clientY: y }: MouseEvent) {
    const {
      left = x,
      right = x,
      top = y,
      bottom = y,
    } = stage.current?.firstElementChild?.getBoundingClientRect() ?? {};
    if (x < left || x > right || y < top || y > bottom) dialog.current?.close();
  }

  function onClose() {
    overlay.value = undefined;
    // The browser has returned the focus, unless what had it isn't in the document any more.
    if (document.activeElement === document.body) document.querySelector<HTMLElement>('.scroller')?.focus();
  }

  const isPicture = file !== undefined && kindOf(file.media.contentType) === 'image';
  // Keys and buttons do the same.
  const onStage = { onClick: onClickStage, ...(isPicture && zoom.handlers) };
  const isZoomed = zoom.zoom.value.scale > 1;
  return (
    <dialog ref={dialog} class="viewer" aria-label={words.title} tabIndex={-1} onClose={onClose} onKeyDown={onKeyDown}>
      {file && (
        <>
          <header>
            <span class="names">
              <strong>
                {file.senderId === session.user.id ? ofMessages.you : <Name id={file.senderId} session={session} />}
              </strong>
              <time dateTime={file.at}>
                {formatDay(file.at)}, {formatTime(file.at)}
              </time>
            </span>
            <span class="position" role="status">
              <span class="sr-only">{isPicture ? words.picture : words.film} </span>
              {words.place(index + 1, files.length)}
            </span>
            {isPicture && (
              <IconButton label={isZoomed ? words.zoomOut : words.zoomIn} onClick={() => zoom.toggle()}>
                {isZoomed ? <ZoomOutIcon /> : <ZoomInIcon />}
              </IconButton>
            )}
            <IconButton label={words.download} onClick={() => void onDownload()}>
              <DownloadIcon />
            </IconButton>
            <IconButton label={common.close} onClick={() => dialog.current?.close()}>
              <CloseIcon />
            </IconButton>
          </header>
          <div ref={stage} class={isZoomed ? 'stage zoomed' : 'stage'} {...onStage}>
            {isPicture ? (
              <Picture key={file.key} file={file} transform={zoom.transform} />
            ) : (
              <Film key={file.key} file={file} />
            )}
          </div>
          <Step direction="previous" onClick={() => go(index - 1)} isEnd={index === 0}>
            <BackIcon />
          </Step>
          <Step direction="next" onClick={() => go(index + 1)} isEnd={index === files.length - 1}>
            <ForwardIcon />
          </Step>
          <p class="failure" role="alert">
            {failure}
          </p>
          {file.text && (
            <p class="caption" dir="auto">
              {file.text}
            </p>
          )}
        </>
      )}
    </dialog>
  );
}

interface StepProps {
  readonly direction: 'previous' | 'next';
  readonly onClick: () => void;
  /** There is nothing more in this direction. The button stays, so that it can't lose the focus. */
  readonly isEnd: boolean;
  readonly children: ComponentChildren;
}

function Step({ direction, onClick, isEnd, children }: StepProps) {
  return (
    <button
      type="button"
      class={`step round ${direction}`}
      aria-label={words[direction]}
      title={words[direction]}
      aria-disabled={isEnd}
      onClick={onClick}
    >
      {children}
    </button>
  );
}
