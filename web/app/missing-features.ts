/**
 * What the page can't do without, and only browsers below its floor lack (docs/decisions/0157). Returns the names of what is missing.
 */
export function missingFeatures(): string[] {
  const features: Readonly<Record<string, boolean>> = {
    'URL.canParse': 'canParse' in URL,
    'AbortSignal.timeout': 'timeout' in AbortSignal,
    ResizeObserver: 'ResizeObserver' in globalThis,
    dialog: 'HTMLDialogElement' in globalThis,
    popover: 'popover' in HTMLElement.prototype,
    'light-dark()': CSS.supports('color', 'light-dark(red, red)'),
    'Array.findLast': 'findLast' in Array.prototype,
  };
  return Object.keys(features).filter((name) => !features[name]);
}
