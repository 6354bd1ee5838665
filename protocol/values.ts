import * as z from 'zod/mini';
import { limits } from './limits.ts';

/** Well-formed Unicode in NFC; the length is counted in code points, as people count characters. */
function characters(min: number, max: number) {
  return (
    z
      .string()
      .check(
        z.refine((text) => text.isWellFormed(), 'must be well-formed Unicode'),
        z.normalize('NFC'),
        z.refine((text) => {
          // The cheap check first: a hostile text may be long.
          if (text.length > 2 * max) return false;
          const length = [...text].length;
          return length >= min && length <= max;
        }, `must have ${min} to ${max} characters`),
      )
      // JSON Schema counts code points, too; a refinement can't say so by itself.
      .register(z.globalRegistry, { minLength: min, maxLength: max })
  );
}

const notBlank = z.refine<string>((text) => text.trim() !== '', 'must not be blank');

/** A name that others see: it must show, on one line, and leave the direction of the text around it alone. */
const presentable = [
  z.refine<string>((name) => /[^\p{DI}\p{Cc}\p{Z}\p{M}]/u.test(name), 'must not be blank'),
  z.refine<string>((name) => !/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(name), 'must be plain text'),
];

/** UUIDv7 in lower case. */
export const id = z.uuidv7().check(z.toLowerCase());
/** Any UUID in lower case; ids that grow (v7) are cheapest. */
export const clientId = z.guid().check(z.toLowerCase());
/** The client's own id of a frame; the reply bears it. */
export const frameId = z.string().check(z.minLength(1), z.maxLength(64));
/** Of a push subscription. */
export const pushId = z.string().check(z.regex(/^[A-Za-z0-9_-]{22}$/));
/** Position in a conversation, counted 1, 2, 3, … over all its changes. 0 stands before the first. */
export const seq = z.int().check(z.nonnegative());
/** RFC 3339 in UTC with milliseconds, such as `2026-11-22T09:41:00.123Z`. */
export const time = z.iso.datetime({ precision: 3 });
/** Normalised to NFC; not blank. */
export const text = characters(1, limits.textCharacters).check(notBlank);
export const password = characters(limits.passwordCharacters.min, limits.passwordCharacters.max);
export const username = z.string().check(z.regex(/^[a-z0-9_.-]{3,32}$/, 'must be 3 to 32 of a-z 0-9 _ . -'));
export const email = z.string().check(z.trim(), z.toLowerCase(), z.maxLength(254), z.email());
export const displayName = characters(1, limits.displayNameCharacters).check(z.trim(), ...presentable);
export const groupName = characters(1, limits.groupNameCharacters).check(z.trim(), ...presentable);
export const bio = characters(0, limits.bioCharacters);
/** One emoji, as Unicode recommends them for interchange (UTS #51), or the plain character of one. */
export const emoji = z
  .string()
  .check(z.maxLength(64), z.regex(/^(?:\p{RGI_Emoji}|\p{Extended_Pictographic})$/v, 'must be one emoji'));
/** An opaque position in a list. */
export const cursor = z.string().check(z.minLength(1), z.maxLength(1_024));
/** A whole number in a query string, where everything is text. */
export const numberInQuery = z.pipe(
  z.string().check(z.regex(/^\d{1,15}$/, 'must be a whole number')),
  z.transform((digits) => Number(digits)),
);
/** A page size in a query string. */
export const pageSize = z._default(
  z.pipe(numberInQuery, z.int().check(z.gte(1), z.lte(limits.pageSize.max))),
  limits.pageSize.default,
);
