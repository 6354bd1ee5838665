/** A file isn't what it is said to be, or isn't whole. */
export class Malformed extends Error {}
