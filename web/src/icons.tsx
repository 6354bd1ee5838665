/** Icons are decoration: the control around one has the words. */
function Icon({ path }: { path: string }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}

export const BackIcon = () => <Icon path="M15 5l-7 7 7 7" />;
export const NewIcon = () => <Icon path="M12 5v14M5 12h14" />;
export const SendIcon = () => <Icon path="M12 19V5M5.5 11.5 12 5l6.5 6.5" />;
export const LogOutIcon = () => <Icon path="M14 4h4a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-4M4 12h11M8 8l-4 4 4 4" />;
export const CloseIcon = () => <Icon path="M6 6l12 12M18 6 6 18" />;
export const DownIcon = () => <Icon path="M5 9l7 7 7-7" />;
export const SentIcon = () => <Icon path="M5 12.5l4.5 4.5L19 7.5" />;
export const PendingIcon = () => <Icon path="M12 7v5l3 2M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18z" />;

/** The sign of STORM. */
export function Mark() {
  return <img class="mark" src="/icon.svg" alt="" width="56" height="56" />;
}
