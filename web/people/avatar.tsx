const hues = 8;

interface AvatarProps {
  readonly id: string;
  readonly name: string;
  /** The address of a picture; initials are shown without one. */
  readonly url?: string | null | undefined;
  readonly size?: 'small' | 'medium';
  readonly online?: boolean | undefined;
}

/**
 * A picture, or initials on a colour that is derived from the id, and a dot if the person is online. Hidden from screen readers:
 * the name is always beside it.
 */
export function Avatar({ id, name, url, size = 'medium', online = false }: AvatarProps) {
  const words = name.split(/\s+/).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const initials = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => [...(word ?? '')][0] ?? '');
  // The colour comes from the end of the UUIDv7, which is random; its beginning is a time.
  const hue = Number.parseInt(id.slice(-4), 16) % hues;
  return (
    <span class={`avatar ${size} hue-${hue}`} aria-hidden="true">
      {url ? <img src={url} alt="" /> : initials.join('').toUpperCase()}
      {online && <span class="online" />}
    </span>
  );
}
