import { useState } from 'preact/hooks';

interface Wanted {
  /** What is shown: what the person wants as long as that is being done, and then what is so. */
  readonly shown: boolean;
  readonly isBusy: boolean;
  readonly change: (on: boolean) => Promise<void>;
}

/**
 * What is switched on or off is shown so at once, and falls back if the change is refused.
 * @param onChange resolves when the change is done or refused; `current` is up to date by then
 */
export function useWanted(current: boolean, onChange: (on: boolean) => Promise<unknown>): Wanted {
  const [wanted, setWanted] = useState<boolean>();
  return {
    shown: wanted ?? current,
    isBusy: wanted !== undefined,
    async change(on) {
      setWanted(on);
      await onChange(on);
      setWanted(undefined);
    },
  };
}
