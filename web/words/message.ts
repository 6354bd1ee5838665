import type { ComponentChildren } from 'preact';
import { count } from './locale.ts';
import { texts } from './texts.ts';

/** The messages of a conversation. */
export const words = texts('message', {
  image: (pictures: number) => (pictures === 1 ? 'Picture' : `${count(pictures)} pictures`),
  video: (films: number) => (films === 1 ? 'Film' : `${count(films)} films`),
  audio: (recordings: number) => (recordings === 1 ? 'Voice message' : `${count(recordings)} voice messages`),
  deleted: 'This message was deleted',
  unseen: 'A message that can’t be seen',
  you: 'You',
  answerTo: 'In answer to',
  edited: 'edited',
  actions: 'Actions',
  messages: 'Messages',
  latest: 'To the latest message',
  latestOf: (unread: number) => `To the latest message, ${count(unread)} new`,
  back: 'Back to where you were',
  newMessages: 'New messages',
  empty: 'No messages yet. Say hello!',
  start: 'This is where it began.',
  sending: 'Sending',
  sent: 'Sent',
  delivered: 'Delivered',
  read: 'Read',
  deliveredTo: (delivered: number, people: number, read: number) =>
    `Delivered to ${count(delivered)} of ${count(people)}, read by ${count(read)}`,
  notSent: (why: ComponentChildren): ComponentChildren => ['Not sent. ', why],
  discard: 'Discard',
  reactions: (emoji: string, people: number, names: string) => `${emoji} ${count(people)}, by ${names}`,
  openPicture: 'Open the picture',
  openPictureOf: (index: number, all: number) => `Open picture ${count(index)} of ${count(all)}`,
  playFilm: (length: string) => `Play the film, ${length}`,
  playFilmOf: (index: number, all: number, length: string) => `Play film ${count(index)} of ${count(all)}, ${length}`,
});
