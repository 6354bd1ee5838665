/** Rows of the alphabet and of keyboards, in both directions. */
const rows = ['01234567890', 'abcdefghijklmnopqrstuvwxyz', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'qwertzuiop'].flatMap(
  (row) => [row, [...row].reverse().join('')],
);

/**
 * Returns whether a new password is among the first that a guesser tries (NIST SP 800-63B, "Password Verifiers"). Such a password is
 * in `common` (lower case), or it is a repeated piece, a part of a row of keys, a date or another short number, or one of the
 * account's own names.
 */
export function isWeak(password: string, names: readonly string[], common: ReadonlySet<string>): boolean {
  const word = password.normalize('NFKC').toLowerCase();
  return (
    common.has(word) ||
    names.includes(word) ||
    /^(.{1,6})\1+$/u.test(word) ||
    /^\d{1,11}$/.test(word) ||
    rows.some((row) => row.includes(word))
  );
}
