import type { words as english } from '#web/words/notices.ts';

export const words: typeof english = {
  gone: 'Ce compte a été supprimé. Vous pouvez relire vos échanges, mais personne ne recevrait vos messages.',
  blocked: (who) => ['Vous avez bloqué ', who, ', qui ne peut pas vous écrire ici.'],
  unblock: 'Débloquer',
};
