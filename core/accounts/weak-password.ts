import { limits } from '#protocol/limits.ts';

/** Rows of the alphabet and of keyboards, in both directions. */
const rows = [
  '01234567890',
  '!@#$%^&*()',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwertzuiop',
  'azertyuiop',
].flatMap((row) => [row, reversed(row)]);

/** The letters for which people write other characters. Where a character stands for two letters, each is tried throughout. */
const substitutions: Readonly<Record<string, string>> = {
  ...{ '4': 'a', '@': 'a', '8': 'b', '(': 'c', '3': 'e', '€': 'e', '6': 'g', '9': 'g', '#': 'h', '0': 'o' },
  ...{ $: 's', '5': 's', '+': 't', '7': 't', '2': 'z', '1': 'il', '!': 'il', '|': 'il' },
};

/** Everybody who guesses passwords of this service tries its name. */
const productName = 'storm';

/** What is added to a common word makes no good password of it, up to this length: a year and two more characters. */
const endingCharacters = 6;
/** Shorter lists of letters are in the list by chance, and in good passwords, too. */
const wordCharacters = 4;

/** The names that are no password for an account. */
export function namesOf(account: {
  readonly username: string;
  readonly email: string;
  readonly displayName: string;
}): string[] {
  return [account.username, account.email, account.displayName, productName];
}

/**
 * Returns whether a new password is among the first that a guesser tries (NIST SP 800-63B, "Password Verifiers"): one of the
 * `common` words (lower case) or of the account's own `names`, also with the usual substitutions and endings; or a pattern, such as
 * a repeated piece, a part of a row of keys, or a date. It takes some hundred look-ups at most.
 */
export function isWeak(password: string, names: readonly string[], common: ReadonlySet<string>): boolean {
  const word = password.normalize('NFKC').toLowerCase();
  if (common.has(word) || isPattern(word)) return true;

  const piece = /^(.+?)\1+$/su.exec(word)?.[1];
  if (piece !== undefined) return [...piece].length < limits.passwordCharacters.min || isWeak(piece, names, common);

  const afterFewLetters = /^\p{L}{1,3}(\P{L}+)$/u.exec(word)?.[1];
  if (afterFewLetters !== undefined && isPattern(afterFewLetters)) return true;

  const own = new Set(names.flatMap(wordsOf));
  const isKnown = (text: string) =>
    own.has(text) || own.has(text.replace(/\P{L}/gu, '')) || (text.length >= wordCharacters && common.has(text));
  return withoutEndings(word).some((rest) => isPattern(rest) || spellings(rest).some(isKnown));
}

/** A row of keys, a piece of up to 3 characters that is repeated, or a number as long as a telephone number; a date is one. */
function isPattern(text: string): boolean {
  if (/^[\d\s.,:/+_-]+$/.test(text)) return text.replace(/\D/g, '').length <= 11;
  return (text.length >= 3 && rows.some((row) => row.includes(text))) || /^(.{1,3})\1+$/su.test(text);
}

/** The text, and what is left of it without some of the characters at its ends that are no letters. */
function withoutEndings(text: string): string[] {
  const start = /^\P{L}*/u.exec(text)?.[0].length ?? 0;
  const end = /\P{L}*$/u.exec(text)?.[0].length ?? 0;
  if (start === text.length) return [text];
  const rests: string[] = [];
  for (let left = 0; left <= Math.min(start, endingCharacters); left++)
    for (let right = 0; right <= Math.min(end, endingCharacters - left); right++)
      rests.push(text.slice(left, text.length - right));
  // A longer ending counts if it is a pattern itself, as in `welcome12345678`.
  if (end > endingCharacters && isPattern(text.slice(-end))) rests.push(text.slice(0, -end));
  return rests;
}

/** The text as it is, and with letters in the place of the characters that stand for them. */
function spellings(text: string): string[] {
  const spelled = (choice: number) =>
    text.replace(/\P{L}/gu, (character) => {
      const letters = substitutions[character] ?? character;
      return letters.at(choice) ?? letters;
    });
  return [...new Set([text, spelled(0), spelled(1)])];
}

/** What of a name may be a password: all of it, its parts, and its letters alone, also backwards. */
function wordsOf(name: string): string[] {
  const whole = name.normalize('NFKC').toLowerCase();
  const parts = whole.split(/[^\p{L}\p{N}]+/u);
  const words = [whole, whole.replace(/[^\p{L}]/gu, ''), ...parts].filter((word) => word.length >= 3);
  return words.flatMap((word) => [word, reversed(word)]);
}

function reversed(text: string): string {
  return [...text].reverse().join('');
}
