import { Rejection } from '#core/media/rejection.ts';
import type { Count, See } from './parts.ts';

/** Elements that may have an unknown size: programs that record live write them before they know it. */
export const openable = { segment: 0x18538067, cluster: 0x1f43b675 };
const voidId = 0xec;

/**
 * Visits the elements of EBML (RFC 8794) between two positions, which they must fill exactly. A cluster of unknown size has no known
 * end, so its content is visited as elements that follow it.
 */
export function eachElement(bytes: Buffer, count: Count, from: number, limit: number, see: See): void {
  for (let start = from; start < limit; ) {
    count();
    const idLength = lengthAt(bytes, start, limit, 4);
    const id = numberAt(bytes, start, idLength, bytes.readUInt8(start));
    const sizeAt = start + idLength;
    const sizeLength = lengthAt(bytes, sizeAt, limit, 8);
    const content = sizeAt + sizeLength;
    const mask = 0xff >> sizeLength;
    let end = content + numberAt(bytes, sizeAt, sizeLength, bytes.readUInt8(sizeAt) & mask);
    if (isOpen(bytes, sizeAt, content, mask)) {
      if (id !== openable.segment && id !== openable.cluster) throw new Rejection('damaged', 'an element has no size');
      end = id === openable.cluster ? content : limit;
    }
    if (end > limit) throw new Rejection('damaged', 'an element is longer than what it is in');
    see(id, start, content, end);
    start = end;
  }
}

/** Reads an integer of variable length (RFC 8794, section 4) without the bit that marks its length. */
export function vintAt(bytes: Buffer, start: number, limit: number): number {
  const length = vintLength(bytes, start, limit);
  return numberAt(bytes, start, length, bytes.readUInt8(start) & (0xff >> length));
}

/** The length in bytes of an integer of variable length. */
export function vintLength(bytes: Buffer, start: number, limit: number): number {
  return lengthAt(bytes, start, limit, 8);
}

function lengthAt(bytes: Buffer, start: number, limit: number, max: number): number {
  const length = Math.clz32(start < limit ? bytes.readUInt8(start) : 0) - 23;
  if (length > max || start + length > limit) throw new Rejection('damaged', 'an element is cut off');
  return length;
}

function numberAt(bytes: Buffer, start: number, length: number, head: number): number {
  let value = head;
  for (let i = 1; i < length; i++) value = value * 256 + bytes.readUInt8(start + i);
  return value;
}

/** Whether all bits of a size are set, which stands for an unknown one. */
function isOpen(bytes: Buffer, start: number, end: number, mask: number): boolean {
  if ((bytes.readUInt8(start) & mask) !== mask) return false;
  for (let i = start + 1; i < end; i++) if (bytes.readUInt8(i) !== 0xff) return false;
  return true;
}

/** Turns an element into a Void element of the same length, which players skip. */
export function wipeElement(bytes: Buffer, start: number, end: number): void {
  const length = end - start;
  bytes.fill(0, start, end);
  bytes.writeUInt8(voidId, start);
  if (length < 9) bytes.writeUInt8(0x80 | (length - 2), start + 1);
  else bytes.writeBigUInt64BE((1n << 56n) | BigInt(length - 9), start + 1);
}

export function uintOf(bytes: Buffer, content: number, end: number): number {
  if (end - content > 6) throw new Rejection('damaged', 'a number is too long');
  return end === content ? 0 : bytes.readUIntBE(content, end - content);
}

export function floatOf(bytes: Buffer, content: number, end: number): number {
  if (end - content === 4) return bytes.readFloatBE(content);
  if (end - content === 8) return bytes.readDoubleBE(content);
  throw new Rejection('damaged', 'a number has no such length');
}
