import { goToMessage } from '#web/app/navigation.ts';
import { IconButton } from '#web/ui/icon-button.tsx';
import { CloseIcon, DownIcon } from '#web/ui/icons.tsx';
import { UpIcon } from '#web/ui/more-icons.tsx';
import { words } from '#web/words/search.ts';
import { searching, walk } from './searching.ts';
import '#web/styles/hits-bar.css';

/** Leads from one hit of a search to the next, and back to all of them. */
export function HitsBar() {
  const { value } = walk;
  if (!value) return null;
  const { found, index, conversationId } = value;
  const go = (to: number) => {
    const hit = found.hits[to];
    if (!hit) return;
    walk.value = { ...value, index: to };
    goToMessage(hit.conversationId, hit.message.seq);
  };
  return (
    <div class="hits-bar" role="toolbar" aria-label={words.hits}>
      <button type="button" class="link" onClick={() => (searching.value = { conversationId, found, index })}>
        {words.allHits}
      </button>
      <span role="status">{words.hitOf(index + 1, found.hits.length, found.cursor !== null)}</span>
      <IconButton label={words.earlierHit} onClick={() => go(index + 1)}>
        <UpIcon />
      </IconButton>
      <IconButton label={words.laterHit} onClick={() => go(index - 1)}>
        <DownIcon />
      </IconButton>
      <IconButton label={words.endHits} onClick={() => (walk.value = undefined)}>
        <CloseIcon />
      </IconButton>
    </div>
  );
}
