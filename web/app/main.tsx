import { render } from 'preact';
import { start } from '#web/session/session.ts';
import { loadTranslation } from '#web/words/texts.ts';
import { App } from './app.tsx';
import { missingFeatures } from './missing-features.ts';

async function show(root: HTMLElement): Promise<void> {
  // Afterwards, so that it takes nothing from the page's own start.
  if ('serviceWorker' in navigator)
    addEventListener('load', () => {
      void import('#web/notifications/notifications.ts').then(({ register }) => register()).catch(console.warn);
    });
  void start();
  // Without its translation the page is in English.
  await loadTranslation().catch(console.warn);
  root.replaceChildren();
  render(<App />, root);
  await import('./later.ts').then(({ guardDrops, keepFocus }) => {
    guardDrops();
    keepFocus();
  }, console.warn);
}

const root = document.getElementById('app');
const missing = missingFeatures();
if (root && missing.length > 0) {
  // The words are in index.html already, for browsers that don't come as far as here.
  root.classList.add('unsupported');
  const lacks = root.querySelector('span');
  lacks?.append(missing.join(', '));
  lacks?.removeAttribute('hidden');
} else if (root) void show(root);
