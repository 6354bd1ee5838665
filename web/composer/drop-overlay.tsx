import { AttachIcon } from '#web/ui/icons.tsx';
import { words } from '#web/words/attached-files.ts';
import '#web/styles/drop-overlay.css';

/** Covers the page while files are dragged over it, and says where they would go. */
export function DropOverlay({ title }: { title: string }) {
  return (
    <div class="drop-overlay">
      <p>
        <AttachIcon />
        <span>{words.drop(<bdi>{title}</bdi>)}</span>
      </p>
    </div>
  );
}
