/** Rows of characters that people type along, both ways. */
const rows = ['01234567890', 'abcdefghijklmnopqrstuvwxyz', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'qwertzuiop'].flatMap(
  (row) => [row, [...row].reverse().join('')],
);

/**
 * Whether a new password is among the first that a guesser tries (NIST SP 800-63B, "Password Verifiers"): it is in
 * `common` (lower case), or is what such lists leave to rules: a repeated piece, a row of keys, a date or other short
 * number, or the account's own names.
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
