import { useEffect, useRef, useState } from 'preact/hooks';
import { limits } from '../../protocol/limits.ts';
import { SendIcon } from './icons.tsx';

/** With a mouse there is a keyboard, too: Enter sends, and the cursor may be put into the field unasked. */
const hasKeyboard = matchMedia('(pointer: fine)');

export function Composer({ title, onSend }: { title: string; onSend: (text: string) => void }) {
  const [text, setText] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  const tooLong = [...text].length > limits.textCharacters;
  const canSend = text.trim() !== '' && !tooLong;

  useEffect(() => {
    if (hasKeyboard.matches) field.current?.focus();
  }, []);

  function send() {
    if (!canSend) return;
    onSend(text.trim());
    setText('');
    field.current?.focus();
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {tooLong && (
        <p class="failure" role="alert">
          A message may have {limits.textCharacters} characters. This one has {[...text].length}.
        </p>
      )}
      <div class="composer-row">
        <textarea
          ref={field}
          rows={1}
          aria-label={`Message to ${title}`}
          placeholder="Write a message"
          enterkeyhint={hasKeyboard.matches ? 'send' : 'enter'}
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
          onKeyDown={(event) => {
            // While an input method composes, Enter belongs to it.
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing || !hasKeyboard.matches) return;
            event.preventDefault();
            send();
          }}
        />
        <button type="submit" class="primary round" aria-label="Send" disabled={!canSend}>
          <SendIcon />
        </button>
      </div>
    </form>
  );
}
