import { count } from './locale.ts';
import { texts } from './texts.ts';

/** Pictures and films as large as the window. */
export const words = texts('viewer', {
  title: 'Pictures and films',
  place: (index: number, all: number) => `${count(index)} of ${count(all)}`,
  picture: 'Picture',
  film: 'Film',
  asSent: 'As it was sent',
  zoomIn: 'Zoom in',
  zoomOut: 'Show the whole picture',
  download: 'Download',
  notDownloaded: 'It couldn’t be downloaded. Please try again.',
  previous: 'Previous',
  next: 'Next',
});
