import { randomInt } from 'node:crypto';
import * as z from 'zod/mini';
import { shuffled } from '../../faults/random.ts';

const off = z._default(z.boolean(), false);

/** The properties of `GenerateSecretString`, which are also the input of GetRandomPassword. */
export const passwordRules = z.object({
  PasswordLength: z._default(z.coerce.number(), 32),
  ExcludeCharacters: z._default(z.string(), ''),
  ExcludeLowercase: off,
  ExcludeUppercase: off,
  ExcludeNumbers: off,
  ExcludePunctuation: off,
  IncludeSpace: off,
  RequireEachIncludedType: z._default(z.boolean(), true),
});

/** Returns a random password ("GetRandomPassword" in the Secrets Manager API reference). */
export function randomPassword(rules: z.infer<typeof passwordRules>): string {
  const kinds = [
    rules.ExcludeLowercase ? '' : 'abcdefghijklmnopqrstuvwxyz',
    rules.ExcludeUppercase ? '' : 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    rules.ExcludeNumbers ? '' : '0123456789',
    rules.ExcludePunctuation ? '' : '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
    rules.IncludeSpace ? ' ' : '',
  ]
    .map((kind) => [...kind].filter((character) => !rules.ExcludeCharacters.includes(character)))
    .filter((kind) => kind.length > 0);

  const characters = rules.RequireEachIncludedType ? kinds.map(pick) : [];
  while (characters.length < rules.PasswordLength) characters.push(pick(kinds.flat()));
  return shuffled(characters, () => randomInt(2 ** 32)).join('');
}

function pick(characters: readonly string[]): string {
  return characters[randomInt(characters.length)] ?? '';
}
