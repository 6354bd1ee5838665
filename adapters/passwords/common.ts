/** Common and breached passwords in lower case, read when first needed: most invocations don't make accounts. */
export async function commonPasswords(): Promise<ReadonlySet<string>> {
  common ??= import('@zxcvbn-ts/language-common').then(({ dictionary }) => new Set(dictionary['passwords-common']));
  return common;
}

let common: Promise<ReadonlySet<string>> | undefined;
