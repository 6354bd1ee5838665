import { signal } from '@preact/signals';

const isLookedAt = () => !document.hidden && document.hasFocus();

/** Whether somebody looks at this tab: it is visible and has the focus. */
export const lookedAt = signal(isLookedAt());

const update = () => {
  lookedAt.value = isLookedAt();
};
document.addEventListener('visibilitychange', update);
addEventListener('focus', update);
addEventListener('blur', update);
