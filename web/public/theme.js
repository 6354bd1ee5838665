/**
 * Applies the theme that the person chose, before the first paint: modules run after it, and the content security policy allows no
 * script within the document. The settings (web/settings/theme-choice.tsx) store the choice and tell of it.
 */
addEventListener('storm:theme', ({ detail }) => apply(detail));
addEventListener('storage', ({ key, newValue }) => key === 'storm:theme' && apply(newValue));
try {
  apply(localStorage.getItem('storm:theme'));
} catch {
  // The browser denies storage: the system's theme it is.
}

/** @param {unknown} theme `light` or `dark`; anything else leaves it to the system */
function apply(theme) {
  const isChosen = theme === 'light' || theme === 'dark';
  document.documentElement.style.colorScheme = isChosen ? theme : '';
  for (const meta of document.querySelectorAll('meta[name=theme-color]'))
    meta.media = isChosen
      ? meta.dataset.theme === theme
        ? 'all'
        : 'not all'
      : `(prefers-color-scheme: ${meta.dataset.theme})`;
}
