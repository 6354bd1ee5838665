import { at, type Box, code } from './boxes.ts';
import type { Count, EachPart } from './parts.ts';

/** What the samples of a track have in fragments that don't say it themselves. */
interface Defaults {
  /** The duration of a sample, in the time scale of the track. */
  readonly units: number;
  /** The size of a sample in bytes. */
  readonly size: number;
}

interface TrackFragment extends Defaults {
  readonly track: number;
  readonly base: number;
}

/** Sees a sample: the id of its track, its position in the file, its size in bytes and its duration. */
export type SeeSample = (track: number, start: number, size: number, units: number) => void;

const [trex, traf, tfhd, trun] = [code('trex'), code('traf'), code('tfhd'), code('trun')];

/** Reads the defaults of each track (`trex`, ISO/IEC 14496-12, section 8.8.3). */
export function fragmentDefaults(bytes: Buffer, each: EachPart, mvex: Box | undefined): Map<number, Defaults> {
  const defaults = new Map<number, Defaults>();
  if (!mvex) return defaults;
  each(mvex.content, mvex.end, (type, start, content, end) => {
    if (type !== trex) return;
    const uint = (offset: number) => bytes.readUInt32BE(at({ start, content, end }, offset, 4));
    defaults.set(uint(4), { units: uint(12), size: uint(16) });
  });
  return defaults;
}

/**
 * Visits the samples of a movie fragment (`moof`, sections 8.8.4 to 8.8.8). Samples are counted as parts, since a few bytes can stand
 * for many.
 */
export function eachSample(
  bytes: Buffer,
  each: EachPart,
  count: Count,
  moof: Box,
  defaults: ReadonlyMap<number, Defaults>,
  see: SeeSample,
): void {
  // Where the data of the track before ended.
  let next = moof.start;
  each(moof.content, moof.end, (type, _, content, end) => {
    if (type !== traf) return;
    let fragment: TrackFragment | undefined;
    each(content, end, (part, start, partContent, partEnd) => {
      const box = { start, content: partContent, end: partEnd };
      if (part === tfhd && !fragment) {
        fragment = headerOf(box);
        next = fragment.base;
      } else if (part === trun && fragment) seeRun(box, fragment);
    });
  });

  function headerOf(box: Box): TrackFragment {
    const { uint, wide, flag } = fieldsOf(box);
    const track = uint();
    const base = flag(0x1) ? wide() : flag(0x2_0000) ? moof.start : next;
    if (flag(0x2)) uint();
    const { units = 0, size = 0 } = defaults.get(track) ?? {};
    return { track, base, units: flag(0x8) ? uint() : units, size: flag(0x10) ? uint() : size };
  }

  function seeRun(box: Box, { track, base, units, size }: TrackFragment): void {
    const { uint, flag } = fieldsOf(box);
    const samples = uint();
    // The offset has a sign. Without one, the samples follow those before.
    if (flag(0x1)) next = base + (uint() | 0);
    if (flag(0x4)) uint();
    for (let sample = 0; sample < samples; sample++) {
      count();
      const duration = flag(0x100) ? uint() : units;
      const length = flag(0x200) ? uint() : size;
      if (flag(0x400)) uint();
      if (flag(0x800)) uint();
      see(track, next, length, duration);
      next += length;
    }
  }

  /** Reads the fields of a box one after the other, behind its version and flags. */
  function fieldsOf(box: Box) {
    const flags = bytes.readUInt32BE(at(box, 0, 4));
    let offset = 4;
    const uint = () => {
      offset += 4;
      return bytes.readUInt32BE(at(box, offset - 4, 4));
    };
    return { uint, wide: () => uint() * 2 ** 32 + uint(), flag: (bit: number) => (flags & bit) !== 0 };
  }
}
