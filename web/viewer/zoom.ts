/** How a picture lies on the stage: enlarged about its centre, and moved from the centre of the stage, in px. */
export interface Zoom {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The stage, and the picture on it before it is enlarged, in px. */
export interface Sizes {
  readonly stage: { readonly width: number; readonly height: number };
  readonly picture: { readonly width: number; readonly height: number };
}

/** The whole picture. */
export const unzoomed: Zoom = { scale: 1, x: 0, y: 0 };
const largest = 8;

/** Enlarges by a factor, so that what is at a point stays there. The point is relative to the centre of the stage. */
export function zoomAt({ scale, x, y }: Zoom, factor: number, at: Point, sizes: Sizes): Zoom {
  const next = Math.min(largest, Math.max(1, scale * factor));
  const ratio = next / scale;
  return within({ scale: next, x: at.x - (at.x - x) * ratio, y: at.y - (at.y - y) * ratio }, sizes);
}

export function moveBy({ scale, x, y }: Zoom, by: Point, sizes: Sizes): Zoom {
  return within({ scale, x: x + by.x, y: y + by.y }, sizes);
}

/** Keeps the edges of the picture out of the stage, or the picture in the middle where it is smaller than the stage. */
function within({ scale, x, y }: Zoom, { stage, picture }: Sizes): Zoom {
  const bound = (value: number, inner: number, outer: number) => {
    const most = Math.max(0, (inner * scale - outer) / 2);
    return Math.min(most, Math.max(-most, value));
  };
  return { scale, x: bound(x, picture.width, stage.width), y: bound(y, picture.height, stage.height) };
}
