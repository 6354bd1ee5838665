import type { words as english } from '#web/words/leaving.ts';

export const words: typeof english = {
  title: 'Se déconnecter ?',
  unsent: 'Une partie de ce que vous avez écrit n’est pas encore envoyée. La déconnexion l’efface.',
  stay: 'Rester',
  logOut: 'Se déconnecter et tout effacer',
};
