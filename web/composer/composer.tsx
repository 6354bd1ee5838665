import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { limits } from '#protocol/limits.ts';
import { type ConversationValue, useConversation } from '#web/conversation/conversation-context.ts';
import { IconButton } from '#web/ui/icon-button.tsx';
import { CheckIcon, EmojiIcon, SendIcon } from '#web/ui/icons.tsx';
import { lazy } from '#web/ui/lazy.tsx';
import { words } from '#web/words/composer.ts';
import { AttachButton } from './attach-button.tsx';
import { type Draft, newMessage, sendDraft } from './drafts.ts';
import { useFittingHeight } from './fitting-height.ts';
import { hasKeyboard, noteKey } from './keyboard.ts';
import { canRecord, RecordButton } from './record-button.tsx';

const AttachedFiles = lazy(async () => (await import('./attached-files.tsx')).AttachedFiles);
const ComposerModeBar = lazy(async () => (await import('./composer-mode-bar.tsx')).ComposerModeBar);
const FailureText = lazy(async () => (await import('#web/app/later.ts')).FailureText);
const IncomingFiles = lazy(async () => (await import('./incoming-files.tsx')).IncomingFiles);
const RecordingBar = lazy(async () => (await import('./recording-bar.tsx')).RecordingBar);

/** The form in which a person writes messages and replies, and edits messages. */
export function Composer({ title }: { title: string }) {
  const context = useConversation();
  const { id, session, draft, failure, overlay } = context;
  const { mode } = draft;
  const attachments = draft.attachments.value;
  const { chat, user } = session;
  const [text, setText] = textOf(draft);
  const field = useRef<HTMLTextAreaElement>(null);
  const isEdit = mode.value.kind === 'edit';
  const tooLong = [...text].length > limits.textCharacters;
  const hasFiles = !isEdit && attachments.files.length > 0;
  const isEmpty = !isEdit && !hasFiles && text.trim() === '';
  const canSend = !tooLong && (text.trim() !== '' || hasFiles) && (isEdit || attachments.canBeSent());
  const recordings = useSignal(0);

  useFittingHeight(field, text);
  useEffect(() => {
    if (mode.value !== newMessage || hasKeyboard()) field.current?.focus();
  }, [mode.value]);
  useEffect(() => () => chat.typing(id, false), [chat, id]);

  function send() {
    if (!canSend) return;
    field.current?.focus();
    if (isEdit) void saveEdit(context, text.trim());
    else sendDraft(session, id, draft);
  }

  function chooseEmoji() {
    const { current } = field;
    if (!current) return;
    const insert = (emoji: string) => {
      current.focus();
      current.setRangeText(emoji, current.selectionStart, current.selectionEnd, 'end');
      setText(current.value);
    };
    // At its end is the button.
    const { right, top, height } = current.getBoundingClientRect();
    overlay.value = { kind: 'emoji', at: new DOMRect(right, top, 0, height), onPick: insert };
  }

  function onKeyDown(event: KeyboardEvent) {
    // An Enter that ends the composition of an input method editor must not send the message. Safari fires it after
    // `compositionend`, so there only the key code 229 tells.
    if (event.isComposing || event.keyCode === 229) return;
    noteKey(event);
    if (event.key === 'Enter' && !event.shiftKey && (hasKeyboard() || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      send();
    } else if (event.key === 'Escape') {
      mode.value = newMessage;
    } else if (event.key === 'ArrowUp' && text === '' && mode.value.kind === 'new') {
      const message = context.conversation.messages.findLast(
        ({ senderId, deletedAt }) => senderId === user.id && !deletedAt,
      );
      if (!message) return;
      event.preventDefault();
      mode.value = { kind: 'edit', message };
    }
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <p class="failure" role="alert">
        {failure.value && <FailureText failure={failure.value} />}
        {tooLong && words.tooLong(limits.textCharacters, [...text].length)}
      </p>
      {!isEdit && <IncomingFiles title={title} add={attachments.add} />}
      {mode.value !== newMessage && <ComposerModeBar context={context} onCancel={() => (mode.value = newMessage)} />}
      {(hasFiles || draft.uploading.value.length > 0) && <AttachedFiles draft={draft} isEdit={isEdit} />}
      {recordings.value > 0 && <RecordingBar attachments={attachments} starts={recordings.value} />}
      <div class="composer-row">
        {!isEdit && <AttachButton attachments={attachments} />}
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          aria-label={isEdit ? words.newText : words.to(title)}
          placeholder={words.write}
          enterkeyhint={hasKeyboard() ? 'send' : 'enter'}
          value={text}
          onInput={({ currentTarget }) => {
            setText(currentTarget.value);
            failure.value = undefined;
            if (!isEdit) chat.typing(id, currentTarget.value !== '');
          }}
          onKeyDown={onKeyDown}
        />
        {hasKeyboard() && (
          <IconButton label={words.emoji} onClick={chooseEmoji}>
            <EmojiIcon />
          </IconButton>
        )}
        {isEmpty && canRecord ? (
          <RecordButton onClick={() => recordings.value++} />
        ) : (
          <button type="submit" class="primary round" aria-label={isEdit ? words.save : words.send} disabled={!canSend}>
            {isEdit ? <CheckIcon /> : <SendIcon />}
          </button>
        )}
      </div>
    </form>
  );
}

/** The text in the field and its setter. An edit has a text of its own, so that a message begun before it isn't lost. */
function textOf({ mode: { value: mode }, text, edited }: Draft): [string, (text: string) => void] {
  if (mode.kind !== 'edit')
    return [
      text.value,
      (changed) => {
        text.value = changed;
      },
    ];
  return [
    edited.value?.mode === mode ? edited.value.text : mode.message.text,
    (changed) => {
      edited.value = { mode, text: changed };
    },
  ];
}

/**
 * The field is free for the next message at once. If the server refuses the edit, it comes back, beside what was written since.
 */
async function saveEdit({ id, session: { chat }, draft, attempt }: ConversationValue, text: string): Promise<void> {
  const { value: mode } = draft.mode;
  if (mode.kind !== 'edit') return;
  draft.mode.value = newMessage;
  const isSaved = await attempt(chat.edit(id, mode.message.seq, text));
  if (isSaved || draft.mode.value.kind !== 'new') return;
  draft.edited.value = { mode, text };
  draft.mode.value = mode;
}
