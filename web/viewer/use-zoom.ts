import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { pointerHandlers } from './gestures.ts';
import { moveBy, type Point, type Sizes, unzoomed, zoomAt } from './zoom.ts';

/** By how much a double click enlarges, and one press of a key or of the button. */
const [doubleFactor, keyFactor] = [2.5, 1.5];
/** How far a picture moves for an arrow key, in px. */
const arrowPx = 80;

const arrows: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: arrowPx, y: 0 },
  ArrowRight: { x: -arrowPx, y: 0 },
  ArrowUp: { x: 0, y: arrowPx },
  ArrowDown: { x: 0, y: -arrowPx },
};

/**
 * Zooms the picture that is the first child of a stage, by wheel, fingers, double click and keys, and tells where a finger swipes that
 * doesn't move an enlarged one.
 * @param key of what is shown: each begins whole
 */
export function useZoom(
  stage: RefObject<HTMLElement | null>,
  key: string,
  onSwipe: (direction: 'left' | 'right' | 'down') => void,
) {
  const zoom = useSignal(unzoomed);
  const slide = useSignal<Point>({ x: 0, y: 0 });
  useEffect(() => {
    zoom.value = unzoomed;
  }, [key, zoom]);

  function sizes(): Sizes {
    const { offsetWidth = 0, offsetHeight = 0 } = stage.current ?? {};
    const picture = stage.current?.firstElementChild;
    const [width, height] = picture instanceof HTMLElement ? [picture.offsetWidth, picture.offsetHeight] : [0, 0];
    return { stage: { width: offsetWidth, height: offsetHeight }, picture: { width, height } };
  }

  /** From a point of the window to one relative to the centre of the stage. */
  function onStage({ x, y }: Point): Point {
    const { left = 0, top = 0, width = 0, height = 0 } = stage.current?.getBoundingClientRect() ?? {};
    return { x: x - left - width / 2, y: y - top - height / 2 };
  }

  function enlarge(factor: number, at: Point = { x: 0, y: 0 }) {
    zoom.value = zoomAt(zoom.value, factor, at, sizes());
  }

  function toggle(at?: Point) {
    if (zoom.value.scale > 1) zoom.value = unzoomed;
    else enlarge(doubleFactor, at && onStage(at));
  }

  const pointers = useMemo(
    () =>
      pointerHandlers({
        isZoomed: () => zoom.value.scale > 1,
        onDrag(by, factor, at) {
          const moved = moveBy(zoom.value, by, sizes());
          zoom.value = zoomAt(moved, factor, onStage(at), sizes());
        },
        onSlide(by) {
          slide.value = by;
        },
        onSwipe(direction) {
          slide.value = { x: 0, y: 0 };
          if (direction) onSwipe(direction);
        },
        onDoubleTap: toggle,
      }),
    [onSwipe],
  );

  return {
    zoom,
    toggle,
    /** The transform of the picture. */
    get transform(): string {
      const { scale, x, y } = zoom.value;
      return `translate(${x + slide.value.x}px, ${y + slide.value.y}px) scale(${scale})`;
    },
    /** Handles a key, and says whether it was one for the zoom. */
    onKey({ key }: KeyboardEvent): boolean {
      const by = arrows[key];
      if (key === '+' || key === '=') enlarge(keyFactor);
      else if (key === '-') enlarge(1 / keyFactor);
      else if (key === '0') zoom.value = unzoomed;
      else if (by && zoom.value.scale > 1) zoom.value = moveBy(zoom.value, by, sizes());
      else return false;
      return true;
    },
    /** The handlers of the stage. */
    handlers: {
      ...pointers,
      onWheel(event: WheelEvent) {
        event.preventDefault();
        // Fingers on a touchpad that pinch are a wheel with Ctrl, in small steps. Some wheels count lines.
        const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1);
        enlarge(Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.002)), onStage({ x: event.clientX, y: event.clientY }));
      },
    },
  };
}
