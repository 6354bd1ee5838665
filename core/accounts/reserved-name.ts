/** Words by which a name seems to speak for the service. */
const words = [
  'abuse',
  'admin',
  'administrator',
  'billing',
  'help',
  'helpdesk',
  'moderation',
  'moderator',
  'noreply',
  'official',
  'postmaster',
  'privacy',
  'root',
  'security',
  'staff',
  'storm',
  'superuser',
  'support',
  'sysadmin',
  'system',
  'webmaster',
];

/** Digits that are read as letters. */
const lookalikes: Readonly<Record<string, string>> = { 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't', 8: 'b', 9: 'g' };

/** `l` and `i` are one letter here, because they look alike in many fonts. */
const fold = (text: string) =>
  text
    .replace(/[._-]/g, '')
    .replace(/\d/g, (digit) => lookalikes[digit] ?? digit)
    .replaceAll('l', 'i');

const folded = words.map(fold).join('|');
const reserved = new RegExp(`^(?:(?:${folded})s?)+$`);

/**
 * Returns whether a username is made of reserved words alone, whichever separators stand between or in them, and up to two digits after
 * them or in place of their letters: `a.d.m.i.n`, `_adm1n_`, `storm-support`, `admin42`. `adminton` is a name like any other.
 */
export function isReserved(username: string): boolean {
  return [username, username.replace(/\d{1,2}$/, '')].some((name) => reserved.test(fold(name)));
}
