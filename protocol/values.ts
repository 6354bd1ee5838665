import * as z from 'zod/mini';
import { limits } from './limits.ts';

/** A text that is normalised to NFC, and whose length in code points is between `min` and `max`. Lone surrogates are refused. */
function characters(min: number, max: number) {
  return (
    z
      .string()
      .check(
        z.refine((text) => text.isWellFormed(), 'must be well-formed Unicode'),
        z.normalize('NFC'),
        z.refine((text) => {
          // This cheap check comes first, because a hostile text may be very long.
          if (text.length > 2 * max) return false;
          const length = [...text].length;
          return length >= min && length <= max;
        }, `must have ${min} to ${max} characters`),
      )
      // JSON Schema counts code points, too, but zod can't derive the lengths from a refinement.
      .register(z.globalRegistry, { minLength: min, maxLength: max })
  );
}

const notBlank = z.refine<string>((text) => text.trim() !== '', 'must not be blank');

/**
 * The checks of a name that others see: it has a visible character, no control character or line break, and no character that
 * changes the direction of the text around it.
 */
const presentable = [
  z.refine<string>((name) => /[^\p{DI}\p{Cc}\p{Z}\p{M}]/u.test(name), 'must not be blank'),
  z.refine<string>((name) => !/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(name), 'must be plain text'),
];

/** A UUIDv7 in lower case. */
export const id = z.uuidv7().check(z.toLowerCase());
/** Any UUID in lower case. Ascending ids (UUIDv7) are the cheapest for the server. */
export const clientId = z.guid().check(z.toLowerCase());
/** The id that a client gives a frame. The reply carries it as `re`. */
export const frameId = z.string().check(z.minLength(1), z.maxLength(64));
/** The id of a push subscription. */
export const pushId = z.string().check(z.regex(/^[A-Za-z0-9_-]{22}$/));
/** A position in a conversation: all its changes are numbered 1, 2, 3, … 0 is the position before the first. */
export const seq = z.int().check(z.nonnegative());
/** A time as RFC 3339 in UTC with milliseconds, such as `2026-11-22T09:41:00.123Z`. */
export const time = z.iso.datetime({ precision: 3 });
/** The text of a message. The server stores it in NFC. It must not be blank. */
export const text = characters(1, limits.textCharacters).check(notBlank);
export const password = characters(limits.passwordCharacters.min, limits.passwordCharacters.max);
export const username = z.string().check(z.regex(/^[a-z0-9_.-]{3,32}$/, 'must be 3 to 32 of a-z 0-9 _ . -'));
export const email = z.string().check(z.trim(), z.toLowerCase(), z.maxLength(254), z.email());
export const displayName = characters(1, limits.displayNameCharacters).check(z.trim(), ...presentable);
export const groupName = characters(1, limits.groupNameCharacters).check(z.trim(), ...presentable);
export const bio = characters(0, limits.bioCharacters);
/** One emoji that is recommended for general interchange (RGI, UTS #51), or its character without a variation selector. */
export const emoji = z
  .string()
  .check(z.maxLength(64), z.regex(/^(?:\p{RGI_Emoji}|\p{Extended_Pictographic})$/v, 'must be one emoji'));
/** An opaque position in a list: the `nextCursor` of the previous page. */
export const cursor = z.string().check(z.minLength(1), z.maxLength(1_024));
/** A whole number in a query string. */
export const numberInQuery = z.pipe(
  z.string().check(z.regex(/^\d{1,15}$/, 'must be a whole number')),
  z.transform((digits) => Number(digits)),
);
/** The size of a page, in a query string. */
export const pageSize = z._default(
  z.pipe(numberInQuery, z.int().check(z.gte(1), z.lte(limits.pageSize.max))),
  limits.pageSize.default,
);
