import * as z from 'zod/mini';
import { canonicalAddress } from './email-address.ts';
import { fullyQualified } from './emoji.ts';
import { limits } from './limits.ts';

type Check = z.core.CheckFn<string> | z.core.$ZodCheck<string>;

/**
 * A text of at most so many UTF-16 code units. The length is looked at first, and nothing else is done with a longer text: what
 * normalises, matches or decodes it may take a time that grows with the square of its length (decision 0097).
 */
export const bounded = (units: number, ...checks: Check[]) =>
  z.string().check(
    z.refine((text) => text.length <= units, { error: `must have at most ${units} UTF-16 code units`, abort: true }),
    // This one never fails. `sizeOf` and the documents read the number from it.
    z.maxLength(units),
    ...checks,
  );

/**
 * The most UTF-16 code units that NFC makes one code point of: U+1F82 and its like are written with four. So a text may have four
 * times as many units as it may have characters, whichever way a client spells it.
 */
const unitsPerCharacter = 4;

const wellFormed = z.refine<string>((text) => text.isWellFormed(), {
  error: 'must be well-formed Unicode',
  abort: true,
});

/**
 * Normalising sorts the marks on a character, in a time that grows with the square of their number. No language needs more than 30
 * (UAX #15, "Stream-Safe Text Format"); twice that leaves room for those who stack them for fun.
 */
const fewMarks = z.refine<string>((text) => !/(?<!\p{M})\p{M}{61}/u.test(text), {
  error: 'must have at most 60 marks on a character',
  abort: true,
});

/** A text that is normalised to NFC, and whose length in code points is between `min` and `max`. Lone surrogates are refused. */
function characters(min: number, max: number, ...first: Check[]) {
  return (
    bounded(
      unitsPerCharacter * max,
      wellFormed,
      ...first,
      z.normalize('NFC'),
      z.refine((text) => {
        const length = [...text].length;
        return length >= min && length <= max;
      }, `must have ${min} to ${max} characters`),
    )
      // JSON Schema counts code points, too, but zod can't derive the lengths from a refinement.
      .register(z.globalRegistry, { minLength: min, maxLength: max })
  );
}

/**
 * Says which history of a conversation a `seq` belongs to. After a restore from a backup every conversation has another epoch, because
 * numbers that were given out before may be given out again. Clients only compare it.
 */
export const epoch = bounded(20, z.regex(/^[\w-]+$/, 'must be an epoch that was given out'));

/** An object with any keys of a kind, at most so many. `sizeOf` and the documents read the number from the registry. */
export const recordOf = <Key extends z.core.$ZodRecordKey, Value extends z.core.SomeType>(
  key: Key,
  value: Value,
  max: number,
) =>
  z
    .record(key, value)
    .check(z.refine((record) => Object.keys(record).length <= max, `must have at most ${max} entries`))
    .register(z.globalRegistry, { maxProperties: max });

/**
 * A character that shows something: not a space, control character or one that Unicode has readers ignore, such as U+200B or U+202E,
 * and neither the empty Braille pattern nor an interlinear annotation's mark.
 */
const shown = /[^\p{DI}\p{Cc}\p{Z}\u2800\uFFF9-\uFFFB]/u;
const notBlank = z.refine<string>((text) => shown.test(text), 'must not be blank');
const notBlankUnlessEmpty = z.refine<string>((text) => text === '' || shown.test(text), 'must not be blank');

/**
 * The checks of a name that others see: it has a visible character, no control character or line break, and no character that
 * changes the direction of the text around it.
 */
const presentable = [
  z.refine<string>((name) => /[^\p{DI}\p{Cc}\p{Z}\p{M}\u2800\uFFF9-\uFFFB]/u.test(name), 'must not be blank'),
  z.refine<string>((name) => !/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(name), 'must be plain text'),
];

/** Ids are compared as texts. One in upper case is refused, because its client would wait for it to come back as it was sent. */
const inLowerCase = z.refine<string>((text) => text === text.toLowerCase(), 'must be in lower case');
/** A UUIDv7 in lower case. */
export const id = bounded(36, z.uuidv7(), inLowerCase);
/** Any UUID in lower case. Ascending ids (UUIDv7) are the cheapest for the server. */
export const clientId = bounded(36, z.guid(), inLowerCase);
/** The id that a client gives a frame. The reply carries it as `re`. */
export const frameId = bounded(64, z.minLength(1));
/** The id of a push subscription. */
export const pushId = bounded(22, z.regex(/^[A-Za-z0-9_-]{22}$/));
/** A position in a conversation: all its changes are numbered 1, 2, 3, … 0 is the position before the first. */
export const seq = z.int().check(z.nonnegative());
/** A time as RFC 3339 in UTC with milliseconds, such as `2026-11-22T09:41:00.123Z`. */
export const time = z.iso.datetime({ precision: 3 });
/** The text of a message. The server stores it in NFC. It must have a character that shows something. */
export const text = characters(1, limits.textCharacters, fewMarks).check(notBlank);
/** A text that may stand beside media. An empty one is the same as none. */
export const caption = characters(0, limits.textCharacters, fewMarks).check(notBlankUnlessEmpty);
export const password = characters(limits.passwordCharacters.min, limits.passwordCharacters.max);
export const username = bounded(
  32,
  z.regex(/^(?=.*[a-z0-9])[a-z0-9_.-]{3,32}$/, 'must be 3 to 32 of a-z 0-9 _ . -, with a letter or digit'),
);
/** An address of e-mail, also an international one. It comes back in one form: lower case, NFC, the domain in Punycode. */
export const email = bounded(
  254,
  z.trim(),
  z.overwrite((text) => canonicalAddress(text) ?? ''),
  z.refine((address) => address !== '', 'must be an e-mail address'),
).register(z.globalRegistry, { format: 'idn-email' });
export const displayName = characters(1, limits.displayNameCharacters).check(z.trim(), ...presentable);
export const groupName = characters(1, limits.groupNameCharacters).check(z.trim(), ...presentable);
export const bio = characters(0, limits.bioCharacters);
/** The emoji of a reaction in any of its spellings. The server counts it by its fully qualified form. */
export const reactionEmoji = bounded(64, wellFormed, z.minLength(1), z.overwrite(fullyQualified));
/** Whether a text is one emoji that is recommended for general interchange (RGI, UTS #51), in its fully qualified form. */
export const isEmoji = (text: string) => /^\p{RGI_Emoji}$/v.test(text);
/** An opaque position in a list: the `nextCursor` of the previous page. */
export const cursor = bounded(1_024, z.minLength(1));
/** A whole number in a query string. */
export const numberInQuery = z.pipe(
  bounded(15, z.regex(/^\d{1,15}$/, 'must be a whole number')),
  z.transform((digits) => Number(digits)),
);
/** The size of a page, in a query string. */
export const pageSize = z._default(
  z.pipe(numberInQuery, z.int().check(z.gte(1), z.lte(limits.pageSize.max))),
  limits.pageSize.default,
);
