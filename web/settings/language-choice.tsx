import { storage } from '#web/session/storage.ts';
import { chosenLanguage, type Language, languageKey } from '#web/words/locale.ts';
import { words } from '#web/words/settings.ts';

/** The languages, as they name themselves. */
const languages: Readonly<Record<Language, string>> = { en: 'English', fr: 'Français' };

/** A choice of the page's language, which loads the page anew. */
export function LanguageChoice() {
  return (
    <div class="field">
      <label for="language">{words.language}</label>
      <select
        id="language"
        value={chosenLanguage ?? ''}
        onChange={({ currentTarget: { value } }) =>
          chooseLanguage(value === 'en' || value === 'fr' ? value : undefined)
        }
      >
        <option value="">{words.languageOfBrowser}</option>
        {Object.entries(languages).map(([tag, name]) => (
          <option key={tag} value={tag} lang={tag}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

/**
 * Shows the page in another language. It is loaded anew: what isn't sent is kept as at any reload.
 * @param chosen undefined leaves it to the browser's settings
 */
function chooseLanguage(chosen: Language | undefined): void {
  if (chosen) storage.set(languageKey, chosen);
  else storage.remove(languageKey);
  location.reload();
}
