import { useEffect, useState } from 'preact/hooks';
import { useConversation } from '#web/conversation/conversation-context.ts';
import { Popover } from '#web/ui/popover.tsx';
import { words } from '#web/words/emoji.ts';
import { words as common } from '#web/words/ui.ts';
import { type Emoji, emojiGroups, findEmoji, toned, tones } from './emoji-data.ts';
import { chooseSkinTone, noteEmoji, recentEmoji, skinTone } from './recent-emoji.ts';
import '#web/styles/emoji-picker.css';

/** As many as a person looks through. */
const mostFound = 80;
/** What stands for each group of Unicode. */
const symbols = ['😀', '👋', '🐻', '🍎', '🚗', '⚽', '💡', '🔣', '🏳️'];

interface EmojiPickerProps {
  readonly at: DOMRect;
  readonly onPick: (emoji: string) => void;
  readonly onClose: () => void;
}

/** All emoji by groups, the recent ones first, with a search and a choice of the skin tone. */
export function EmojiPicker({ at, onPick, onClose }: EmojiPickerProps) {
  const { user } = useConversation().session;
  const [groups, setGroups] = useState<readonly (readonly Emoji[])[]>();
  const [hasFailed, setFailed] = useState(false);
  const [search, setSearch] = useState('');
  const [group, setGroup] = useState(-1);
  const [tone, setTone] = useState(skinTone(user.id));
  useEffect(() => {
    emojiGroups().then(setGroups, (cause) => {
      console.warn(cause);
      setFailed(true);
    });
  }, []);

  const recent = (): Emoji[] => recentEmoji(user.id).map((emoji) => ({ emoji, name: emoji, words: '' }));
  const isSearch = search.trim() !== '';
  const found = isSearch ? findEmoji(groups ?? [], search).slice(0, mostFound) : undefined;
  const shown = found ?? (group === -1 ? recent() : (groups?.[group] ?? []));

  return (
    <Popover label={words.title} class="emoji-picker" at={at} onClose={onClose}>
      {(close) => {
        const pick = (emoji: string) => {
          noteEmoji(user.id, emoji);
          close();
          onPick(emoji);
        };
        return (
          <>
            <input
              type="search"
              aria-label={words.search}
              placeholder={words.search}
              autocomplete="off"
              value={search}
              onInput={({ currentTarget }) => setSearch(currentTarget.value)}
              onKeyDown={({ key }) => {
                if (key === 'Enter' && found?.[0]) pick(toned(found[0].emoji, tone));
              }}
            />
            <div class="emoji-groups">
              {[words.recent, ...words.groups].map((name, index) => (
                <button
                  type="button"
                  key={name}
                  aria-label={name}
                  title={name}
                  aria-pressed={!isSearch && group === index - 1}
                  onClick={() => {
                    setSearch('');
                    setGroup(index - 1);
                  }}
                >
                  {index === 0 ? '🕘' : symbols[index - 1]}
                </button>
              ))}
            </div>
            <p class="hint" role="status">
              {hasFailed && common.notLoaded}
              {found?.length === 0 && groups && words.nothing}
            </p>
            <div class="emoji-grid">
              {shown.map(({ emoji, name }) => {
                const one = group === -1 && !isSearch ? emoji : toned(emoji, tone);
                return (
                  <button type="button" key={emoji} aria-label={name} title={name} onClick={() => pick(one)}>
                    {one}
                  </button>
                );
              })}
            </div>
            <fieldset class="emoji-tones" aria-label={words.tone}>
              {['', ...tones].map((one, index) => (
                <button
                  type="button"
                  key={one}
                  aria-label={words.tones[index]}
                  title={words.tones[index]}
                  aria-pressed={tone === one}
                  onClick={() => {
                    chooseSkinTone(user.id, one);
                    setTone(one);
                  }}
                >
                  {toned('✋', one)}
                </button>
              ))}
            </fieldset>
          </>
        );
      }}
    </Popover>
  );
}
