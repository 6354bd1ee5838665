/** The length of a profile's header, and of an entry in the table of tags behind it (ICC.1:2022, section 7). */
const [headerBytes, entryBytes] = [128, 12];
const mostTags = 100;
/** The fields of the header that say how to read the profile: version, class and spaces; signature; intent and illuminant. */
const neededFields = [
  [8, 24],
  [36, 40],
  [64, 80],
] as const;
/** The tags that have numbers for colours. The others are texts, dates, and the names of devices. */
const neededTags = new Set(
  'rXYZ gXYZ bXYZ wtpt bkpt chad rTRC gTRC bTRC kTRC A2B0 A2B1 A2B2 B2A0 B2A1 B2A2 cicp lumi gamt'.split(' '),
);

/** Writes a colour profile anew with what is needed to show colours, or returns undefined if it can't be read. */
export function cleanProfile(profile: Buffer): Buffer | undefined {
  if (profile.length < headerBytes + 4 || profile.toString('latin1', 36, 40) !== 'acsp') return undefined;
  const count = profile.readUInt32BE(headerBytes);
  const table = headerBytes + 4;
  if (count > mostTags || table + entryBytes * count > profile.length) return undefined;
  const tags: { type: string; data: Buffer }[] = [];
  for (let at = table; at < table + entryBytes * count; at += entryBytes) {
    const [type, start, length] = [
      profile.toString('latin1', at, at + 4),
      profile.readUInt32BE(at + 4),
      profile.readUInt32BE(at + 8),
    ];
    if (start + length > profile.length) return undefined;
    if (neededTags.has(type)) tags.push({ type, data: profile.subarray(start, start + length) });
  }
  const head = Buffer.alloc(table + entryBytes * tags.length);
  for (const [from, to] of neededFields) profile.copy(head, from, from, to);
  head.writeUInt32BE(tags.length, headerBytes);
  const out: Buffer[] = [head];
  // Data begins at multiples of four.
  let position = Math.ceil(head.length / 4) * 4;
  for (const [i, { type, data }] of tags.entries()) {
    const entry = table + entryBytes * i;
    head.write(type, entry, 'latin1');
    head.writeUInt32BE(position, entry + 4);
    head.writeUInt32BE(data.length, entry + 8);
    const padding = Buffer.alloc((4 - (data.length % 4)) % 4);
    out.push(data, padding);
    position += data.length + padding.length;
  }
  head.writeUInt32BE(position);
  return Buffer.concat(out);
}
