/* What the page asks for as soon as it is shown: one file. */
export { Announcer } from '#web/conversation/announcer.tsx';
export { keepFocus } from '#web/ui/keep-focus.ts';
export { guardDrops } from './drop-guard.ts';
export { FailureText } from './failure-text.tsx';
