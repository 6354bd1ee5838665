import { count } from '#web/words/locale.ts';
import type { words as english } from '#web/words/message.ts';
import { counted } from './count.ts';

export const words: typeof english = {
  image: (pictures) => (pictures === 1 ? 'Image' : `${count(pictures)} images`),
  video: (films) => (films === 1 ? 'Film' : `${count(films)} films`),
  audio: (recordings) => (recordings === 1 ? 'Message vocal' : `${count(recordings)} messages vocaux`),
  deleted: 'Ce message a été supprimé',
  unseen: 'Un message qui ne peut pas être affiché',
  you: 'Vous',
  answerTo: 'En réponse à',
  edited: 'modifié',
  actions: 'Actions',
  messages: 'Messages',
  latest: 'Au dernier message',
  latestOf: (unread) => `Au dernier message, ${counted(unread, 'nouveau', 'nouveaux')}`,
  back: 'Revenir où vous étiez',
  newMessages: 'Nouveaux messages',
  empty: 'Aucun message. Dites bonjour !',
  start: 'C’est ici que tout a commencé.',
  sending: 'Envoi en cours',
  sent: 'Envoyé',
  delivered: 'Distribué',
  read: 'Lu',
  deliveredTo: (delivered, people, read) =>
    `Distribué à ${count(delivered)} sur ${count(people)}, lu par ${count(read)}`,
  notSent: (why) => ['Non envoyé. ', why],
  discard: 'Abandonner',
  reactions: (emoji, people, names) => `${emoji} ${count(people)}, de ${names}`,
  openPicture: 'Ouvrir l’image',
  openPictureOf: (index, all) => `Ouvrir l’image ${count(index)} sur ${count(all)}`,
  playFilm: (length) => `Lire le film, ${length}`,
  playFilmOf: (index, all, length) => `Lire le film ${count(index)} sur ${count(all)}, ${length}`,
};
