import { count } from '#web/words/locale.ts';

/** `1 membre`, `3 membres`. In French everything below two is singular. */
export const counted = (value: number, one: string, more: string): string =>
  `${count(value)} ${value < 2 ? one : more}`;
