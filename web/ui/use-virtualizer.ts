import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualizerOptions,
} from '@tanstack/virtual-core';
import { useLayoutEffect, useReducer, useState } from 'preact/hooks';

type Options = VirtualizerOptions<HTMLElement, HTMLElement>;

/** A windowed list (docs/decisions/0156). The component is rendered again when other rows come into sight. */
export function useVirtualizer(
  options: Omit<Options, 'scrollToFn' | 'observeElementRect' | 'observeElementOffset' | 'onChange'>,
): Virtualizer<HTMLElement, HTMLElement> {
  const [, update] = useReducer((count: number) => count + 1, 0);
  const all: Options = {
    ...options,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    // Preact renders in a microtask, so before the next frame, as the library wants it.
    onChange: () => update(undefined),
  };
  const [virtualizer] = useState(() => new Virtualizer(all));
  virtualizer.setOptions(all);
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer._willUpdate());
  return virtualizer;
}
