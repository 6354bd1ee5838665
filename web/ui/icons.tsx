/**
 * Makes an icon from the path of its lines in a square of 24 units. Icons are hidden from screen readers: the control around
 * one has the label.
 */
export function icon(path: string) {
  return () => (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}

export const BackIcon = icon('M15 5l-7 7 7 7');
export const PlusIcon = icon('M12 5v14M5 12h14');
export const SendIcon = icon('M12 19V5M5.5 11.5 12 5l6.5 6.5');
export const LogOutIcon = icon('M14 4h4a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-4M4 12h11M8 8l-4 4 4 4');
export const CloseIcon = icon('M6 6l12 12M18 6 6 18');
export const DownIcon = icon('M5 9l7 7 7-7');
export const CheckIcon = icon('M5 12.5l4.5 4.5L19 7.5');
export const DoubleCheckIcon = icon('M1.5 12.5 6 17 16 7M12 16l1 1L23 7');
export const AttachIcon = icon(
  'M20 11.5l-7.8 7.8a5 5 0 0 1-7-7l8-8a3.3 3.3 0 0 1 4.7 4.7l-8 8a1.7 1.7 0 0 1-2.4-2.4l7.3-7.3',
);
export const MicrophoneIcon = icon('M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3M6 11a6 6 0 0 0 12 0M12 17v4');
export const PlayIcon = icon('M8 5v14l11-7z');
export const EmojiIcon = icon('M8.5 14a4 4 0 0 0 7 0M9 9.5h.01M15 9.5h.01M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18z');
export const MoreIcon = icon('M5 12h.01M12 12h.01M19 12h.01');
export const SearchIcon = icon('M16 16l5 5M10.5 18a7.5 7.5 0 1 1 0-15 7.5 7.5 0 0 1 0 15z');
export const SettingsIcon = icon('M4 7h9M19 7h1M4 17h1M11 17h9M16 4.5v5M8 14.5v5');
export const InfoIcon = icon('M12 11v5M12 8h.01M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18z');
export const MutedIcon = icon('M6 17V11a6 6 0 0 1 9-5.2M18 11v6M4 17h14M10 20.5h4M4 4l16 16');
export const PendingIcon = icon('M12 7v5l3 2M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18z');
export const FailedIcon = icon('M12 7v6M12 16.5h.01M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18z');

/** The drawing of empty screens. */
export function Drawing() {
  return <img src="/empty.svg" alt="" width="120" height="96" />;
}
