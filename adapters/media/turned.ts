import sharp, { type Sharp } from 'sharp';

/** How frames are turned for each orientation of EXIF: first clockwise by an angle, then mirrored. */
const turns = [
  [0, false],
  [0, true],
  [180, false],
  [180, true],
  [90, true],
  [90, false],
  [270, true],
  [270, false],
] as const;

/** Turns each frame of an animation upright. sharp would turn them as one strip, so that they play backwards or not at all. */
export async function turned(animation: Sharp, orientation: number): Promise<Sharp> {
  const { delay = [], loop = 0 } = await animation.metadata();
  const { data, info } = await animation.ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const { width, height: whole, pageHeight = whole, channels } = info;
  const frameBytes = width * pageHeight * channels;
  const [angle, isMirrored] = turns[orientation - 1] ?? turns[0];
  const frames: Buffer[] = [];
  for (let at = 0; at < data.length; at += frameBytes) {
    const raw = { width, height: pageHeight, channels };
    const frame = await sharp(data.subarray(at, at + frameBytes), { raw })
      .rotate(angle)
      .raw()
      .toBuffer();
    frames.push(isMirrored ? await mirrored(frame) : frame);
  }
  const [across, down] = angle % 180 === 0 ? [width, pageHeight] : [pageHeight, width];
  const strip = { width: across, height: down * frames.length, channels, pageHeight: down };
  return sharp(Buffer.concat(frames), { raw: strip, animated: true }).webp({ delay, loop });

  function mirrored(frame: Buffer): Promise<Buffer> {
    const raw =
      angle % 180 === 0 ? { width, height: pageHeight, channels } : { width: pageHeight, height: width, channels };
    return sharp(frame, { raw }).flop().raw().toBuffer();
  }
}
