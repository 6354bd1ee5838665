import { Rejection } from '#core/media/rejection.ts';
import { at, type Box, code, eachBox, version, wipeBox } from './boxes.ts';
import { cleanMp4 } from './mp4.ts';
import { partCounter } from './parts.ts';

/**
 * What is kept of a picture's `meta` and of its properties (ISO/IEC 23008-12, section 6.5): sizes, codecs, colours, HDR, turns. A box that
 * isn't kept becomes `free`, so that the numbers of properties hold.
 */
const kept = new Map(
  Object.entries({
    meta: ['hdlr', 'pitm', 'iloc', 'iinf', 'iref', 'iprp', 'idat'],
    iprp: ['ipco', 'ipma'],
    ipco: [
      ...['ispe', 'pixi', 'pasp', 'av1C', 'colr', 'clap', 'irot', 'imir', 'auxC', 'a1op', 'a1lx', 'lsel'],
      ...['clli', 'mdcv', 'cclv', 'amve'],
    ],
  }).map(([inside, types]) => [code(inside), new Set(types.map(code))]),
);
const [meta, moov, hdlr, iinf, iloc, idat, infe] = ['meta', 'moov', 'hdlr', 'iinf', 'iloc', 'idat', 'infe'].map(code);
const file = new Set(['ftyp', 'meta', 'mdat', 'moov'].map(code));
/** Pictures, and those that consist of others. Other items are EXIF, XMP and the like. */
const pictures = new Set(['av01', 'grid', 'iovl', 'tmap'].map(code));

/** The same bytes, as a program reads them that knows AVIF but no sequences: each has a still picture, too. */
export function asStill(bytes: Buffer): Buffer {
  if (bytes.toString('latin1', 8, 12) !== 'avis') return bytes;
  const still = Buffer.from(bytes);
  still.write('avif', 8, 'latin1');
  return still;
}

/**
 * Copies an AVIF without metadata, in its container: pictures and frames stay as they are encoded. libvips can't write sequences, nor what
 * HDR needs, and would make lossless pictures larger. Boxes keep their positions. Throws `Rejection` if the file isn't valid.
 */
export function cleanAvif(bytes: Buffer): Buffer {
  const clean = Buffer.from(bytes);
  const each = eachBox.bind(undefined, clean, partCounter());
  let [header, isMoving]: [Box | undefined, boolean] = [undefined, false];
  each(0, clean.length, (type, start, content, end) => {
    if (type === meta) header ??= { start, content: content + 4, end };
    if (type === moov) isMoving = true;
    if (!file.has(type)) wipeBox(clean, start, content, end);
  });
  cleanMeta(header);
  if (isMoving) cleanMp4(clean, 'avif');
  return clean;

  function cleanMeta(box: Box | undefined): void {
    if (!box) throw new Rejection('unsupported', 'it has no still picture');
    const found = new Map<number, Box>();
    cleanIn(meta ?? 0, box.content, box.end, found);
    const [names, places] = [found.get(iinf ?? 0), found.get(iloc ?? 0)];
    if (!names || !places) throw new Rejection('damaged', 'it has no items');
    const foreign = foreignItems(names);
    eachExtent(clean, places, (item, isInMeta, start, length) => {
      if (!foreign.has(item)) return;
      const base = isInMeta ? (found.get(idat ?? 0)?.content ?? clean.length) : 0;
      clean.fill(0, Math.min(base + start, clean.length), Math.min(base + start + length, clean.length));
    });
  }

  function cleanIn(parent: number, from: number, to: number, found: Map<number, Box>): void {
    each(from, to, (type, start, content, end) => {
      if (!kept.get(parent)?.has(type)) wipeBox(clean, start, content, end);
      else if (kept.has(type)) cleanIn(type, content, end, found);
      else if (type === hdlr) clean.fill(0, Math.min(content + 12, end), end);
      else found.set(type, { start, content, end });
    });
  }

  /** The ids of items that are no pictures. Their names and types are overwritten. */
  function foreignItems(names: Box): Set<number> {
    const foreign = new Set<number>();
    each(names.content + (version(clean, names) === 0 ? 6 : 8), names.end, (type, start, content, end) => {
      const entry = { start, content, end };
      if (type !== infe || version(clean, entry) < 2) throw new Rejection('unsupported', 'an item has no type');
      const isWide = version(clean, entry) > 2;
      const id = isWide ? clean.readUInt32BE(at(entry, 4, 4)) : clean.readUInt16BE(at(entry, 4, 2));
      const typeAt = at(entry, isWide ? 10 : 8, 4);
      if (!pictures.has(clean.readUInt32BE(typeAt))) {
        foreign.add(id);
        clean.write('skip', typeAt, 'latin1');
      }
      clean.fill(0, typeAt + 4, end);
    });
    return foreign;
  }
}

/** Visits where items are (`iloc`, ISO/IEC 14496-12, section 8.11.3): in the file, or in `idat` of its `meta`. */
function eachExtent(
  bytes: Buffer,
  box: Box,
  see: (item: number, isInMeta: boolean, start: number, length: number) => void,
): void {
  const form = version(bytes, box);
  let offset = 4;
  const [first, second] = [uint(1), uint(1)];
  const [offsetBytes, lengthBytes, baseBytes, indexBytes] = [
    first >> 4,
    first & 15,
    second >> 4,
    form > 0 ? second & 15 : 0,
  ];
  for (let items = uint(form < 2 ? 2 : 4); items > 0; items--) {
    const item = uint(form < 2 ? 2 : 4);
    const isInMeta = form > 0 && (uint(2) & 15) === 1;
    offset += 2;
    const base = uint(baseBytes);
    for (let extents = uint(2); extents > 0; extents--) {
      offset += indexBytes;
      const start = base + uint(offsetBytes);
      see(item, isInMeta, start, uint(lengthBytes));
    }
  }

  function uint(length: number): number {
    if (length === 0) return 0;
    const start = at(box, offset, length);
    offset += length;
    return length > 6 ? Number(bytes.readBigUInt64BE(start)) : bytes.readUIntBE(start, length);
  }
}
