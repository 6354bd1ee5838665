import fc from 'fast-check';

/** The actions that change neither the members nor what they may see. */
const quiet = [
  ...['send', 'reply', 'file', 'edit', 'edit', 'delete', 'react', 'react', 'unreact', 'read', 'read'],
  ...['typing', 'mute', 'hide', 'rename'],
] as const;
const kinds = [
  ...quiet,
  ...(['send', 'send', 'file', 'react', 'read', 'mute'] as const),
  ...(['load', 'search', 'export', 'watch', 'cut', 'reload', 'crash', 'crash', 'later'] as const),
  ...(['add', 'add', 'add', 'add', 'remove', 'leave', 'role', 'history'] as const),
  ...(['accept', 'accept', 'accept', 'decline', 'shun'] as const),
  ...(['block', 'unblock', 'private', 'erase'] as const),
];

const actionOf = <Kind extends (typeof kinds)[number]>(among: readonly Kind[]) =>
  fc.record({
    kind: fc.constantFrom(...among),
    device: fc.nat(5),
    pick: fc.nat(),
    /** The pause before the next action, in ms. Nobody waits for the effect of an action. */
    pause: fc.nat(30),
  });
export interface Action {
  readonly kind: (typeof kinds)[number];
  readonly device: number;
  readonly pick: number;
  readonly pause: number;
}

/** Several users who act at the same time, on a network that fails with the given probabilities. */
export const scenario = fc.record({
  actions: fc.array(actionOf(kinds), { minLength: 40, maxLength: 80 }),
  /** The actions after the faults have stopped. */
  finale: fc.array(actionOf(quiet), { minLength: 5, maxLength: 10 }),
  /** Whether the history access changes. If it doesn't, nobody may see messages from before they joined. */
  opens: fc.nat(3).map((one) => one === 0),
  /** Whether Cara hides what she reads, and whether Ben sometimes does. */
  isPrivate: fc.boolean(),
  chances: fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
});
export type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;
