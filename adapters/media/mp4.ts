import type { Facts } from '#core/media/media.ts';
import { Rejection } from '#core/media/rejection.ts';
import { hasActiveContent } from './active-content.ts';
import { at, type Box, code, eachBox, wipeBox } from './boxes.ts';
import { envelope } from './envelope.ts';
import { eachSample, fragmentDefaults } from './fragments.ts';
import { durationOf, idOf, scrubs, sizeOf, timescaleOf } from './mp4-headers.ts';
import { partCounter, secondsOf } from './parts.ts';
import { sampleEraser, sizesOf } from './samples.ts';

/**
 * The boxes that a player needs, by the box that contains them. Other boxes may contain the location and the author of a video, or
 * another file.
 */
const kept = new Map(
  Object.entries({
    file: ['ftyp', 'moov', 'mdat', 'moof', 'mfra', 'sidx', 'styp'],
    moov: ['mvhd', 'trak', 'mvex'],
    mvex: ['mehd', 'trex', 'leva'],
    // A sequence of AVIF, whose still picture is in `meta`, which is cleaned elsewhere.
    avif: ['ftyp', 'meta', 'moov', 'mdat'],
    trak: ['tkhd', 'tref', 'edts', 'mdia'],
    // A track with the transparency of another one.
    tref: ['auxl'],
    edts: ['elst'],
    mdia: ['mdhd', 'hdlr', 'minf'],
    minf: ['vmhd', 'smhd', 'hdlr', 'dinf', 'stbl'],
    dinf: ['dref'],
    stbl: 'stsd stts ctts cslg stsc stsz stz2 stco co64 stss stsh stps sdtp sbgp sgpd saiz saio subs padb'.split(' '),
    moof: ['mfhd', 'traf'],
    traf: 'tfhd tfdt trun sdtp sbgp sgpd saiz saio subs senc'.split(' '),
    mfra: ['tfra', 'mfro'],
  }).map(([inside, types]) => [code(inside), new Set(types.map(code))]),
);
const [file, moov, mdat, moof, trak] = [code('file'), code('moov'), code('mdat'), code('moof'), code('trak')];
const handlers = { pictures: ['vide', 'pict', 'auxv'].map(code), sound: code('soun') };

/** How many bytes behind the last box are forgiven. Cameras and messengers leave some there. */
const strayBytes = 65_536;

/** What a film or a recording is after its cleaning. */
interface CleanFilm {
  /** Sound alone has no size, but a waveform. */
  readonly facts: Omit<Facts, 'size'>;
  /** Where the film ends in `bytes`. What is behind it must not be served. */
  readonly end: number;
}

interface Track {
  /** The units of time in a second. */
  readonly timescale: number;
  /** How long the samples are that it has in fragments, in its units. */
  units: number;
}

/**
 * Parses an MP4 or QuickTime file, and overwrites in `bytes` all that a player doesn't need: user data, metadata, times, the names of
 * programs, and tracks of neither pictures nor sound with their samples. The boxes keep their positions, because tables in the file
 * contain offsets. Throws `Rejection` if the file isn't valid or has neither pictures nor sound.
 */
export function cleanMp4(bytes: Buffer, form: 'file' | 'avif' = 'file'): CleanFilm {
  const count = partCounter();
  const countSample = partCounter();
  const each = eachBox.bind(undefined, bytes, count);
  const eraser = sampleEraser(bytes);
  const packets = envelope();
  const tracks = new Map<number, Track>();
  let [end, hasMedia] = [bytes.length, false];
  let movie: Box | undefined;
  let [size, soundTrack]: [{ width: number; height: number } | undefined, number | undefined] = [undefined, undefined];

  each(0, bytes.length, seePart, (start) => {
    end = start;
    return hasMedia && movie !== undefined && isStray(bytes, start);
  });
  if (!movie) throw new Rejection('damaged', 'there is no moov');
  const whole = durationOf(bytes, inside(movie, 'mvhd'));
  const defaults = fragmentDefaults(bytes, each, one(movie, 'mvex'));
  each(movie.content, movie.end, (type, start, content, boxEnd) => {
    if (type === trak && !seeTrack({ start, content, end: boxEnd })) wipeBox(bytes, start, content, boxEnd);
  });
  if (!size && soundTrack === undefined) throw new Rejection('damaged', 'there are neither pictures nor sound');
  clean(code(form), 0, end);
  eraser.eraseEncoders();
  const duration = whole ?? durationOfFragments();
  const known = { ...(size ?? { waveform: packets.waveform() }), ...(duration !== undefined && { duration }) };
  return { facts: known, end };

  function seePart(type: number, start: number, content: number, boxEnd: number): void {
    if (type === moov && movie) throw new Rejection('damaged', 'there are two films in it');
    if (type === moov) movie = { start, content, end: boxEnd };
    if (type === mdat) eraser.allow(content, boxEnd);
    hasMedia ||= type === mdat || type === moof;
  }

  /** Whether a track is of pictures or sound. The samples of others are erased. */
  function seeTrack(track: Box): boolean {
    const mdia = inside(track, 'mdia');
    const handler = bytes.readUInt32BE(at(inside(mdia, 'hdlr'), 8, 4));
    const tkhd = inside(track, 'tkhd');
    const id = idOf(bytes, tkhd);
    if (handlers.pictures.includes(handler)) {
      const shown = sizeOf(bytes, tkhd);
      if (shown.width > 0 && shown.height > 0) size ??= shown;
    } else if (handler === handlers.sound) {
      if (soundTrack === undefined) addPackets(mdia);
      soundTrack ??= id;
    } else {
      eraseSamples(mdia);
      return false;
    }
    tracks.set(id, { timescale: timescaleOf(bytes, inside(mdia, 'mdhd')), units: 0 });
    return true;
  }

  function tableOf(mdia: Box): Box | undefined {
    const minf = one(mdia, 'minf');
    return minf && one(minf, 'stbl');
  }

  function addPackets(mdia: Box): void {
    const table = tableOf(mdia);
    const sizes = table && sizesOf(bytes, one(table, 'stsz'), one(table, 'stz2'));
    // Packets that all have the same size say nothing.
    if (sizes?.same === 0) for (let i = 0; i < sizes.samples; i++) packets.add(sizes.sizeOf(i));
  }

  function eraseSamples(mdia: Box): void {
    const table = tableOf(mdia);
    if (!table) return;
    const [narrow, wide, chunks] = ['stco', 'co64', 'stsc'].map((type) => one(table, type));
    const [offsets, sizes] = [narrow ?? wide, sizesOf(bytes, one(table, 'stsz'), one(table, 'stz2'))];
    if (offsets && chunks && sizes) eraser.erase(offsets, narrow ? 4 : 8, chunks, sizes);
  }

  /** Adds up the samples of a fragment, and erases those of tracks that aren't kept. */
  function seeFragment(moofBox: Box): void {
    eachSample(bytes, each, countSample, moofBox, defaults, (id, start, length, units) => {
      const track = tracks.get(id);
      if (!track) return eraser.clear(start, start + length);
      track.units += units;
      if (id === soundTrack) packets.add(length);
    });
  }

  /** A film that was recorded live has its duration in its fragments only. */
  function durationOfFragments(): number | undefined {
    return secondsOf(Math.max(0, ...Array.from(tracks.values(), ({ units, timescale }) => units / timescale)));
  }

  /** Wipes what isn't needed between two positions in a box, and what tells of time and programs in what is. */
  function clean(parent: number, from: number, to: number): void {
    const needed = kept.get(parent);
    each(from, to, (type, start, content, boxEnd) => {
      if (!needed?.has(type)) wipeBox(bytes, start, content, boxEnd);
      else if (kept.has(type)) {
        if (type === moof) seeFragment({ start, content, end: boxEnd });
        clean(type, content, boxEnd);
      } else scrubs.get(type)?.(bytes, { start, content, end: boxEnd });
    });
  }

  /** The box of a type, of which there must not be two. */
  function one(parent: Box, type: string): Box | undefined {
    const wanted = code(type);
    let found: Box | undefined;
    each(parent.content, parent.end, (id, start, content, boxEnd) => {
      if (id !== wanted) return;
      if (found) throw new Rejection('damaged', `there is more than one ${type}`);
      found = { start, content, end: boxEnd };
    });
    return found;
  }

  function inside(parent: Box, type: string): Box {
    const box = one(parent, type);
    if (!box) throw new Rejection('damaged', `there is no ${type}`);
    return box;
  }
}

/** Whether bytes at the end of a file are no box that was cut off, and nothing that other programs open. */
function isStray(bytes: Buffer, start: number): boolean {
  const rest = bytes.subarray(start);
  const isCutOff = rest.length >= 8 && kept.get(file)?.has(rest.readUInt32BE(4));
  return rest.length <= strayBytes && !isCutOff && !hasActiveContent(rest);
}
