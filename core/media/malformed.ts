/** A file isn't of its declared type, or isn't complete. */
export class Malformed extends Error {}
