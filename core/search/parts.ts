import { type Folded, fold } from './fold.ts';

/** A piece of a folded text between two gaps: a word, a part of one, or a run of a script without spaces. */
export interface Part {
  readonly text: string;
  /** Where it begins in the folded text. */
  readonly index: number;
  /** Whether its script is written without spaces. Then it matches anywhere, and others only where they begin. */
  readonly dense: boolean;
  /** What is between the part before and this one. Punctuation is a part of it. */
  readonly gap: string;
  /** Whether people also write the two without the gap, as in `e-mail`, `don't`, `1,234` and `camelCase`. */
  readonly soft: boolean;
}

/**
 * Scripts without spaces between words, Hangul, where particles are attached to words, and emoji. The spaces of Tibetan are marks
 * between syllables, so its words are phrases.
 */
const dense =
  '[[[\\p{L}\\p{M}\\p{N}]&&[\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Hang}\\p{scx=Bopo}\\p{scx=Yiii}\\p{scx=Tang}\\p{scx=Nshu}\\p{scx=Thai}\\p{scx=Laoo}\\p{scx=Khmr}\\p{scx=Mymr}\\p{scx=Java}\\p{scx=Bali}\\p{scx=Lana}\\p{scx=Tale}\\p{scx=Talu}\\p{scx=Tavt}\\p{scx=Ahom}]]\\p{Extended_Pictographic}\\p{Regional_Indicator}]';
/** Letters that are apostrophes: the Hawaiian ʻokina and the apostrophe of Ukrainian words. They are a gap. */
const apostrophes = '[\\u02BB\\u02BC]';
const runs = new RegExp(`(?<dense>${dense}+)|[[\\p{L}\\p{M}\\p{N}]--${dense}--${apostrophes}]+`, 'gv');

/** Where a word in an original text has a capital within: `camelCase`, `HTMLParser`, `utf8Decode`. */
const humps = /(?<=\p{Ll})(?=\p{Lu})|(?<=[\p{Lu}\p{N}])(?=\p{Lu}\p{Ll})/gu;

const joiner = /^(?:[-‐‑_'’‘`´"״׳ʻʼ]|)$/u;
const digits = /^\d+$/;
/** What separates groups of three digits, in one country or another. */
const thousands = /^[,.'’_\u0020\u066C]$/;
/** A number as in India: after the first three digits from the right, the groups have two. */
const indian = /(?<!\p{L}|\p{N},?)\d{1,2}(?:,\d{2})+,\d{3}(?!\p{L}|,?\p{N})/gu;
const phoneGap = /^[- ()/.‐‑–]{1,3}$/u;

/** So many gaps in a row may be soft. More would let a text have an index far larger than itself. */
const softAtOnce = 7;

/** The parts of a text, and the text as it is compared. */
export function partsOf(original: string): { folded: Folded; parts: Part[] } {
  const folded = fold(original);
  const found = [...folded.text.matchAll(runs)].flatMap(({ 0: text, index, groups }) =>
    groups?.['dense'] === undefined ? split(original, folded, text, index) : [{ text, index, dense: true }],
  );
  const parts: Part[] = [];
  let end = 0;
  let softBefore = 0;
  const numbers = new Set([...phonesIn(folded.text, found), ...indianIn(folded.text, found)]);
  for (const [i, part] of found.entries()) {
    const gap = folded.text.slice(end, part.index);
    const before = found[i - 1];
    const soft =
      before !== undefined &&
      softBefore < softAtOnce &&
      (numbers.has(i) || (!before.dense && !part.dense && isSoft(before.text, gap, part.text)));
    softBefore = soft ? softBefore + 1 : 0;
    parts.push({ ...part, gap, soft });
    end = part.index + part.text.length;
  }
  return { folded, parts };
}

/** Splits a word where a capital is within. */
function split(original: string, folded: Folded, text: string, index: number) {
  const [from, to] = folded.origin(index, index + text.length);
  const word = original.slice(from, to);
  const cuts = [...word.matchAll(humps)]
    .map((hump) => folded.position(from + hump.index) - index)
    .filter((at) => at > 0 && at < text.length);
  const starts = [0, ...new Set(cuts)];
  return starts.map((start, i) => ({ text: text.slice(start, starts[i + 1]), index: index + start, dense: false }));
}

function isSoft(before: string, gap: string, after: string): boolean {
  const [number, next] = [digits.test(before), digits.test(after)];
  if (number && next) return before.length <= 3 && after.length === 3 && thousands.test(gap);
  return joiner.test(gap);
}

/** The parts that go on with a number that is grouped as in India. */
function indianIn(text: string, parts: readonly { index: number }[]): number[] {
  return [...text.matchAll(indian)].flatMap(({ 0: number, index: start }) =>
    parts.flatMap(({ index }, i) => (index > start && index < start + number.length ? i : [])),
  );
}

/**
 * The parts that go on with a telephone number: 7 to 15 digits (E.164). With spaces, it begins with `+`, `0` or a bracket, or ends in
 * groups of 3, 3 and 4 as in North America, so that not just any numbers beside each other are one.
 */
function phonesIn(text: string, parts: readonly Omit<Part, 'gap' | 'soft'>[]): ReadonlySet<number> {
  const inPhone = new Set<number>();
  for (let first = 0; first < parts.length; ) {
    let last = first;
    let count = parts[first]?.text.length ?? 0;
    let spaced = false;
    for (; digits.test(parts[last]?.text ?? ''); last++) {
      const [part, next] = [parts[last], parts[last + 1]];
      if (!part || !next || !digits.test(next.text)) break;
      const gap = text.slice(part.index + part.text.length, next.index);
      if (!phoneGap.test(gap) || (gap.includes('.') && next.text.length < 3)) break;
      spaced ||= gap.includes(' ');
      count += next.text.length;
    }
    const { index = 0, text: digitsOfFirst = '' } = parts[first] ?? {};
    const ending = parts.slice(Math.max(first, last - 2), last + 1).map((part) => part.text.length);
    const known =
      !spaced || digitsOfFirst.startsWith('0') || /[+(]/.test(text[index - 1] ?? '') || ending.join() === '3,3,4';
    if (count >= 7 && count <= 15 && known) for (let i = first + 1; i <= last; i++) inPhone.add(i);
    first = last + 1;
  }
  return inPhone;
}
