import { splitLinks } from './links.ts';

/** The text of a message, with its addresses as links. */
export function MessageText({ text }: { text: string }) {
  if (text === '') return null;
  return (
    <p class="text" dir="auto">
      {splitLinks(text).map((part, index) =>
        part.href ? (
          <a key={index} href={part.href} target="_blank" rel="noopener noreferrer">
            {part.text}
          </a>
        ) : (
          part.text
        ),
      )}
    </p>
  );
}
