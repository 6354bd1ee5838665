import { useState } from 'preact/hooks';
import { storage } from '#web/session/storage.ts';
import { words } from '#web/words/settings.ts';

/** A key of `localStorage`, which is there unless the system decides. `public/theme.js` reads it before the first paint. */
const key = 'storm:theme';

/** A choice between the light and the dark theme, which takes effect at once, in all tabs. */
export function ThemeChoice() {
  const [theme, setTheme] = useState(storage.get(key) ?? '');
  function choose(chosen: string) {
    setTheme(chosen);
    if (chosen === '') storage.remove(key);
    else storage.set(key, chosen);
    dispatchEvent(new CustomEvent(key, { detail: chosen }));
  }
  return (
    <div class="field">
      <label for="theme">{words.theme}</label>
      <select id="theme" value={theme} onChange={({ currentTarget }) => choose(currentTarget.value)}>
        <option value="">{words.system}</option>
        <option value="light">{words.light}</option>
        <option value="dark">{words.dark}</option>
      </select>
    </div>
  );
}
