/** An id that only this browser uses. `crypto.randomUUID` isn't there on pages without HTTPS. */
export function localId(): string {
  return Math.random().toString(36).slice(2);
}
