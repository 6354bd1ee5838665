import type { words as english } from '#web/words/notifications.ts';

export const words: typeof english = {
  on: 'Activer les notifications',
  off: 'Désactiver les notifications',
  denied: 'Ce navigateur n’autorise pas les notifications de cette page.',
  noService: 'Ce navigateur n’a pas de service de notifications joignable.',
  from: (who, text) => `${who} : ${text}`,
};
