import { expect, test } from 'vitest';
import { namesOfMedia } from '#core/push/media-names.ts';
import { excerpt } from '#web/message/excerpt.ts';

const [picture, film, voice] = ['image/png', 'video/mp4', 'audio/webm'];

test.each([
  [[picture], 'Picture'],
  [[picture, picture, picture], '3 pictures'],
  [[film], 'Film'],
  [[voice], 'Voice message'],
  [[film, picture, film, 'image/new'], '2 films, 2 pictures'],
])('%s without a text are “%s”, in lists and in notifications', (types, words) => {
  const media = types.map((contentType, i) => ({ id: `${i}`, contentType, size: 1 }));
  expect(excerpt({ text: '', media })).toBe(words);
  expect(namesOfMedia(media)).toBe(words);
});

test('A message with a text is its text', () => {
  const media = [{ id: '1', contentType: picture, size: 1 }];
  expect(excerpt({ text: 'The harbour', media })).toBe('The harbour');
});
