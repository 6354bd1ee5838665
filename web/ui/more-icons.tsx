/* Icons that only parts have which the page loads later. Those that its first load has are in icons.tsx. */
import { icon } from './icons.tsx';

export const UpIcon = icon('M5 15l7-7 7 7');
export const PauseIcon = icon('M8 5v14M16 5v14');
export const CopyIcon = icon(
  'M8 8V5a1 1 0 0 1 1-1h10a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1h-3M5 8h10a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1z',
);
export const ForwardIcon = icon('M15 7l5 5-5 5M20 12h-9a7 7 0 0 0-7 7');
export const ReplyIcon = icon('M9 7l-5 5 5 5M4 12h9a7 7 0 0 1 7 7');
export const EditIcon = icon('M4 20h4L19 9l-4-4L4 16zM13 7l4 4');
export const DeleteIcon = icon('M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5');
export const HistoryIcon = icon('M4 12a8 8 0 1 0 3-6.2M4 4v4h4M12 8v4l3 2');
export const EyeIcon = icon(
  'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6z',
);
export const BellIcon = icon('M6 17V11a6 6 0 0 1 12 0v6M4 17h16M10 20.5h4');
export const BellOffIcon = icon('M6 17V11a6 6 0 0 1 12 0v6M4 17h16M10 20.5h4M19 3v4M21 5h-4');

/** The logo of STORM. */
export function Logo() {
  return <img class="logo" src="/icon.svg" alt="" width="56" height="56" />;
}
