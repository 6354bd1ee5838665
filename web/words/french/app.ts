import type { words as english } from '#web/words/app.ts';

export const words: typeof english = {
  loading: 'Chargement',
  unreachable: 'STORM est injoignable',
  checkConnection: 'Vérifiez votre connexion, puis réessayez.',
  offline: 'Vous êtes hors ligne. Ce que vous écrivez partira à votre retour.',
  connecting: 'Connexion…',
  reconnecting: 'Reconnexion…',
  ended: 'En pause, car vous êtes connecté à trop d’autres endroits.',
  connectHere: 'Se connecter ici',
};
