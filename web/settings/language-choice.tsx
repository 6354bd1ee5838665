import { chooseLanguage, chosenLanguage, languages } from '#web/words/locale.ts';
import { words } from '#web/words/settings.ts';

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
