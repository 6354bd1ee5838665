import { hueOf } from './hue.ts';

interface AvatarProps {
  readonly id: string;
  readonly name: string;
  /** The address of a picture; initials are shown without one. */
  readonly url?: string | null | undefined;
  readonly size?: 'small' | 'medium' | 'large';
  readonly online?: boolean | undefined;
}

/**
 * A picture, or initials on the person's colour, and a dot if the person is online. Hidden from screen readers: the name is always
 * beside it.
 */
export function Avatar({ id, name, url, size = 'medium', online = false }: AvatarProps) {
  return (
    <span class={`avatar ${size}`} style={hueOf(id)} aria-hidden="true">
      {url ? <img src={url} alt="" /> : initialsOf(name)}
      {online && <span class="online" />}
    </span>
  );
}

/** The first letters of the first and the last word, or the emoji with which the name begins. */
function initialsOf(name: string): string {
  const emoji = /^\p{RGI_Emoji}/v.exec(name.trim());
  if (emoji) return emoji[0];
  const words = name.split(/\s+/).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const initials = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => [...(word ?? '')][0] ?? '');
  return initials.join('').toUpperCase();
}
