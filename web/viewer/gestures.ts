import type { Point } from './zoom.ts';

/** A finger that moves less than this is a tap, in px. */
const tapPx = 10;
/** A finger that moves at least this far swipes, in px. */
const swipePx = 60;
/** Two taps are a double tap if they are less than this apart, in ms and px. */
const [doubleTapMs, doubleTapPx] = [300, 40];

export interface Gestures {
  /** Two fingers, or a mouse or one finger in an enlarged picture: their centre moved, and their distance changed by a factor. */
  onDrag(by: Point, factor: number, at: Point): void;
  /** One finger has moved so far since it came down, over a whole picture. */
  onSlide(by: Point): void;
  /** The finger of `onSlide` is gone. `direction` is undefined if it hasn't gone far enough. */
  onSwipe(direction: 'left' | 'right' | 'down' | undefined): void;
  /** Also a double click. */
  onDoubleTap(at: Point): void;
  isZoomed(): boolean;
}

/** Tells the gestures of pointers from their events. Points are those of the window. */
export function pointerHandlers({ onDrag, onSlide, onSwipe, onDoubleTap, isZoomed }: Gestures) {
  const down = new Map<number, Point>();
  /** Where the first finger came down, as long as it is the only one. */
  let start: Point | undefined;
  let isMouse = false;
  let lastTap: (Point & { readonly time: number }) | undefined;

  const centre = () => {
    const all = [...down.values()];
    const sum = all.reduce((a, b) => ({ x: a.x + b.x, y: a.y + b.y }), { x: 0, y: 0 });
    return { x: sum.x / (all.length || 1), y: sum.y / (all.length || 1) };
  };
  const distance = () => {
    const [one, two] = [...down.values()];
    return one && two ? Math.hypot(one.x - two.x, one.y - two.y) : 1;
  };

  function onPointerDown(event: PointerEvent & { currentTarget: Element }): void {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    down.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (start) onSwipe(undefined);
    isMouse = event.pointerType === 'mouse';
    start = down.size === 1 && !isMouse ? { x: event.clientX, y: event.clientY } : undefined;
  }

  function onPointerMove({ pointerId, clientX, clientY }: PointerEvent): void {
    if (!down.has(pointerId)) return;
    const [from, before] = [centre(), distance()];
    down.set(pointerId, { x: clientX, y: clientY });
    const to = centre();
    if (down.size > 1 || isZoomed()) onDrag({ x: to.x - from.x, y: to.y - from.y }, distance() / (before || 1), to);
    else if (start) onSlide({ x: clientX - start.x, y: clientY - start.y });
  }

  function onPointerUp(event: PointerEvent): void {
    if (!down.delete(event.pointerId) || !start) return;
    const at = { x: event.clientX, y: event.clientY };
    const by = { x: at.x - start.x, y: at.y - start.y };
    start = undefined;
    const isTap = event.type === 'pointerup' && Math.hypot(by.x, by.y) < tapPx;
    if (isTap && lastTap && isDouble(lastTap, at, event.timeStamp)) {
      lastTap = undefined;
      onDoubleTap(at);
    } else lastTap = isTap ? { ...at, time: event.timeStamp } : undefined;
    if (!isZoomed()) onSwipe(event.type === 'pointerup' ? directionOf(by) : undefined);
  }

  /** Some browsers tell a double tap as a double click, too. */
  function onDblClick({ clientX, clientY }: MouseEvent): void {
    if (isMouse) onDoubleTap({ x: clientX, y: clientY });
  }

  return { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: onPointerUp, onDblClick };
}

function isDouble(first: Point & { readonly time: number }, second: Point, time: number): boolean {
  return time - first.time < doubleTapMs && Math.hypot(second.x - first.x, second.y - first.y) < doubleTapPx;
}

function directionOf({ x, y }: Point): 'left' | 'right' | 'down' | undefined {
  if (Math.abs(x) >= swipePx && Math.abs(x) > Math.abs(y)) return x < 0 ? 'left' : 'right';
  return y >= swipePx && y > Math.abs(x) ? 'down' : undefined;
}
