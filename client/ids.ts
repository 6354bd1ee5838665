const counterMax = 0xfff;

/** Makes UUIDv7 (RFC 9562). Each is greater than the one before, even in the same millisecond and if the clock is set back. */
export function idMaker(now: () => number): () => string {
  let time = 0;
  let counter = 0;
  return () => {
    const current = now();
    if (current > time) {
      time = current;
      counter = 0;
    } else if (counter < counterMax) {
      counter += 1;
    } else {
      time += 1;
      counter = 0;
    }
    const random = crypto.getRandomValues(new Uint8Array(8));
    // The two highest bits of this byte are the variant, 10.
    random[0] = ((random[0] ?? 0) % 64) | 128;
    const tail = [...random].map((byte) => hex(byte, 2)).join('');
    const head = hex(time, 12);
    return `${head.slice(0, 8)}-${head.slice(8)}-7${hex(counter, 3)}-${tail.slice(0, 4)}-${tail.slice(4)}`;
  };
}

/** The time of a UUIDv7 in milliseconds since 1970. */
export function timeOfId(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
