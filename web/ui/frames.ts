/** How long to wait for a frame, in ms: a tab that isn't shown has none. */
const longestMs = 250;

/** Makes a function that runs `run` before the next frame, once, however often it is called until then. */
export function oncePerFrame(run: () => void): () => void {
  let cancel: (() => void) | undefined;
  const now = () => {
    cancel?.();
    cancel = undefined;
    run();
  };
  return () => {
    if (cancel) return;
    const frame = requestAnimationFrame(now);
    const timer = setTimeout(now, longestMs);
    cancel = () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  };
}
