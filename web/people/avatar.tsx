const hues = 8;

interface AvatarProps {
  readonly id: string;
  readonly name: string;
  /** Of a picture. */
  readonly url?: string | null | undefined;
  readonly size?: 'small' | 'medium';
  readonly online?: boolean | undefined;
}

/** A picture, or initials on a colour that stays with the id, and a dot for who is online. Decoration: the words are beside it. */
export function Avatar({ id, name, url, size = 'medium', online = false }: AvatarProps) {
  const words = name.split(/\s+/).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const initials = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => [...(word ?? '')][0] ?? '');
  // The end of a UUIDv7 is random, its beginning is the time.
  const hue = Number.parseInt(id.slice(-4), 16) % hues;
  return (
    <span class={`avatar ${size} hue-${hue}`} aria-hidden="true">
      {url ? <img src={url} alt="" /> : initials.join('').toUpperCase()}
      {online && <span class="online" />}
    </span>
  );
}
