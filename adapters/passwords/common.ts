/** The common passwords of zxcvbn, in lower case. The list is loaded at the first call, because most invocations don't need it. */
export async function commonPasswords(): Promise<ReadonlySet<string>> {
  common ??= import('@zxcvbn-ts/language-common').then(({ dictionary }) => new Set(dictionary['passwords-common']));
  return common;
}

let common: Promise<ReadonlySet<string>> | undefined;
