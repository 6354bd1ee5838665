/**
 * The common passwords of zxcvbn and the words of its passphrases, in lower case: 49 000 and 8 000. The list is loaded at the first
 * call, because most invocations don't need it.
 */
export async function commonPasswords(): Promise<ReadonlySet<string>> {
  common ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set([...dictionary['passwords-common'], ...dictionary['diceware-common']]),
  );
  return common;
}

let common: Promise<ReadonlySet<string>> | undefined;
