import { useEffect, useRef } from 'preact/hooks';
import { limits } from '#protocol/limits.ts';
import type { Attachment } from '#protocol/media.ts';
import { inWords } from '#web/app/failure-messages.ts';
import { type Talk, useTalk } from '#web/conversation/conversation-context.ts';
import { excerpt } from '#web/message/quote.tsx';
import { nameOf } from '#web/people/people.ts';
import { CloseIcon, SendIcon, SentIcon } from '#web/ui/icons.tsx';
import { AttachButton, AttachmentList } from './attachment-list.tsx';
import { useDrop } from './attachments.ts';
import { type Draft, newMessage } from './drafts.ts';

/** With a mouse there is a keyboard, too: Enter sends, and the cursor may be put into the field unasked. */
const hasKeyboard = matchMedia('(pointer: fine)');

/** Writes messages, answers, and changes of messages. */
export function Composer({ title }: { title: string }) {
  const talk = useTalk();
  const { conversation, session, draft, failure } = talk;
  const { writing, attachments } = draft;
  const { chat, user } = session;
  const [text, setText] = textOf(draft);
  const field = useRef<HTMLTextAreaElement>(null);
  const isEdit = writing.value.kind === 'edit';
  const tooLong = [...text].length > limits.textCharacters;
  const media = isEdit ? [] : attachments.ready();
  const canSend = media !== undefined && (text.trim() !== '' || media.length > 0) && !tooLong;

  useDrop(attachments);
  useEffect(() => {
    if (writing.value !== newMessage || hasKeyboard.matches) field.current?.focus();
  }, [writing.value]);
  useEffect(() => () => chat.typing(conversation.id, false), [chat, conversation.id]);

  async function send() {
    if (!canSend) return;
    field.current?.focus();
    if (await submit(talk, text.trim(), media)) {
      if (!isEdit) {
        setText('');
        attachments.clear();
      }
      writing.value = newMessage;
    }
  }

  function onKeyDown(event: KeyboardEvent) {
    // While an input method composes, its keys belong to it. Safari ends composing before the Enter that does it, and tells by the code.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === 'Enter' && !event.shiftKey && hasKeyboard.matches) {
      event.preventDefault();
      void send();
    } else if (event.key === 'Escape') {
      writing.value = newMessage;
    } else if (event.key === 'ArrowUp' && text === '' && writing.value.kind === 'new') {
      const message = conversation.messages.findLast(({ senderId, deletedAt }) => senderId === user.id && !deletedAt);
      if (!message) return;
      event.preventDefault();
      writing.value = { kind: 'edit', message };
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
        {failure.value && inWords(failure.value)}
        {tooLong && `A message may have ${limits.textCharacters} characters. This one has ${[...text].length}.`}
      </p>
      <About talk={talk} onCancel={() => (writing.value = newMessage)} />
      {!isEdit && <AttachmentList attachments={attachments} />}
      <div class="composer-row">
        {!isEdit && <AttachButton attachments={attachments} />}
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
            // Office programs add a picture of the text that was copied.
            if (!clipboardData?.types.includes('text/plain')) attachments.add(clipboardData?.files ?? []);
          }}
        />
        <button type="submit" class="primary round" aria-label={isEdit ? 'Save' : 'Send'} disabled={!canSend}>
          {isEdit ? <SentIcon /> : <SendIcon />}
        </button>
      </div>
    </form>
  );
}

/** The text in the field: that of the message while one is edited, else what was begun before, which waits meanwhile. */
function textOf({ writing: { value: writing }, text, edited }: Draft): [string, (text: string) => void] {
  if (writing.kind !== 'edit')
    return [
      text.value,
      (changed) => {
        text.value = changed;
      },
    ];
  return [
    edited.value?.writing === writing ? edited.value.text : writing.message.text,
    (changed) => {
      edited.value = { writing, text: changed };
    },
  ];
}

/** A new message is as good as sent: the outbox has it. An edit may be refused. */
async function submit(
  { conversation: { id }, session: { chat }, draft, attempt }: Talk,
  text: string,
  media: readonly Attachment[],
) {
  const { value } = draft.writing;
  if (value.kind === 'edit') return attempt(chat.edit(id, value.message.seq, text));
  void chat.send(id, text, {
    ...(media.length > 0 && { media }),
    ...(value.kind === 'reply' && { replyTo: value.message.seq }),
  });
  return true;
}

/** Which message is answered or edited. */
function About({ talk: { draft, session }, onCancel }: { talk: Talk; onCancel: () => void }) {
  const { value } = draft.writing;
  if (value.kind === 'new') return null;
  const { message } = value;
  const who = message.senderId === session.user.id ? 'yourself' : nameOf(message.senderId, session);
  return (
    <div class="about">
      <span class="names">
        <strong>{value.kind === 'edit' ? 'Edit your message' : `Reply to ${who}`}</strong>
        <small>{excerpt(message)}</small>
      </span>
      <button type="button" class="quiet round" aria-label="Cancel" onClick={onCancel}>
        <CloseIcon />
      </button>
    </div>
  );
}
