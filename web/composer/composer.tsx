import { useEffect, useRef } from 'preact/hooks';
import { limits } from '#protocol/limits.ts';
import type { Attachment } from '#protocol/media.ts';
import { failureMessage } from '#web/app/failure-messages.ts';
import { type ConversationValue, useConversation } from '#web/conversation/conversation-context.ts';
import { CheckIcon, SendIcon } from '#web/ui/icons.tsx';
import { AttachButton, AttachmentList } from './attachment-list.tsx';
import { ComposerModeBar } from './composer-mode-bar.tsx';
import { type Draft, newMessage } from './drafts.ts';
import { useFileDrop } from './file-drop.ts';
import { useRecorder } from './recorder.ts';
import { RecordButton, RecordingBar } from './recording-bar.tsx';

/**
 * A device with a mouse has a keyboard, too. There Enter sends the message, and the field is focused automatically; on a touch
 * screen that would open the on-screen keyboard.
 */
const hasKeyboard = matchMedia('(pointer: fine)');

/** The form in which a person writes messages and replies, and edits messages. */
export function Composer({ title }: { title: string }) {
  const context = useConversation();
  const { conversation, session, draft, failure } = context;
  const { mode, attachments } = draft;
  const { chat, user } = session;
  const [text, setText] = textOf(draft);
  const field = useRef<HTMLTextAreaElement>(null);
  const isEdit = mode.value.kind === 'edit';
  const tooLong = [...text].length > limits.textCharacters;
  const media = isEdit ? [] : attachments.ready();
  const canSend = media !== undefined && (text.trim() !== '' || media.length > 0) && !tooLong;
  const recorder = useRecorder(attachments);

  useFileDrop(attachments);
  useEffect(() => {
    if (mode.value !== newMessage || hasKeyboard.matches) field.current?.focus();
  }, [mode.value]);
  useEffect(() => () => chat.typing(conversation.id, false), [chat, conversation.id]);

  async function send() {
    if (!canSend) return;
    field.current?.focus();
    if (await submit(context, text.trim(), media)) {
      if (!isEdit) {
        setText('');
        attachments.clear();
      }
      mode.value = newMessage;
    }
  }

  function onKeyDown(event: KeyboardEvent) {
    // An Enter that ends the composition of an input method editor must not send the message. Safari fires it after
    // `compositionend`, so there only the key code 229 tells.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === 'Enter' && !event.shiftKey && hasKeyboard.matches) {
      event.preventDefault();
      void send();
    } else if (event.key === 'Escape') {
      mode.value = newMessage;
    } else if (event.key === 'ArrowUp' && text === '' && mode.value.kind === 'new') {
      const message = conversation.messages.findLast(({ senderId, deletedAt }) => senderId === user.id && !deletedAt);
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
        void send();
      }}
    >
      <p class="failure" role="alert">
        {failure.value && failureMessage(failure.value)}
        {tooLong && `A message may have ${limits.textCharacters} characters. This one has ${[...text].length}.`}
      </p>
      <ComposerModeBar context={context} onCancel={() => (mode.value = newMessage)} />
      {!isEdit && <AttachmentList attachments={attachments} />}
      <RecordingBar recorder={recorder} />
      <div class="composer-row">
        {!isEdit && <AttachButton attachments={attachments} />}
        {!isEdit && <RecordButton recorder={recorder} />}
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          aria-label={isEdit ? 'New text of the message' : `Message to ${title}`}
          placeholder="Write a message"
          enterkeyhint={hasKeyboard.matches ? 'send' : 'enter'}
          value={text}
          onInput={({ currentTarget }) => {
            setText(currentTarget.value);
            failure.value = undefined;
            if (!isEdit) chat.typing(conversation.id, currentTarget.value !== '');
          }}
          onKeyDown={onKeyDown}
          onPaste={({ clipboardData }) => {
            // Office programs put a picture of the copied text on the clipboard, beside the text that is meant.
            if (!clipboardData?.types.includes('text/plain')) attachments.add(clipboardData?.files ?? []);
          }}
        />
        <button type="submit" class="primary round" aria-label={isEdit ? 'Save' : 'Send'} disabled={!canSend}>
          {isEdit ? <CheckIcon /> : <SendIcon />}
        </button>
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

/** Resolves with whether the field can be cleared. The outbox takes a new message at once; an edit may be refused. */
async function submit(
  { conversation: { id }, session: { chat }, draft, attempt }: ConversationValue,
  text: string,
  media: readonly Attachment[],
) {
  const { value } = draft.mode;
  if (value.kind === 'edit') return attempt(chat.edit(id, value.message.seq, text));
  void chat.send(id, text, {
    ...(media.length > 0 && { media }),
    ...(value.kind === 'reply' && { replyTo: value.message.seq }),
  });
  return true;
}
