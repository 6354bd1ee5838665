import type { RefObject } from 'preact';
import { useLayoutEffect } from 'preact/hooks';

/** Gives a text field the height of its text, in browsers that can't by `field-sizing: content` (Firefox, Safari before 26). */
export function useFittingHeight(field: RefObject<HTMLTextAreaElement | null>, text: string): void {
  useLayoutEffect(() => {
    if (!field.current || CSS.supports('field-sizing', 'content')) return;
    field.current.style.height = 'auto';
    field.current.style.height = `${field.current.scrollHeight}px`;
  }, [field, text]);
}
