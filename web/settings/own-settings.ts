import { useEffect, useState } from 'preact/hooks';
import type { Failure, Result } from '#client/index.ts';
import type { Settings } from '#protocol/people.ts';
import type { Session } from '#web/session/session.ts';

/** What the server keeps of the person's settings, which many sections show and change. */
export interface OwnSettings {
  /** Undefined while they are loading. */
  readonly settings: Settings | undefined;
  /** Why the last change, or loading them, failed. */
  readonly failure: Failure | undefined;
  readonly change: (change: Partial<Settings>) => Promise<void>;
}

/** Loads the settings. Each change is saved at once. */
export function useOwnSettings({ chat }: Session): OwnSettings {
  const [settings, setSettings] = useState<Settings>();
  const [failure, setFailure] = useState<Failure>();
  function take(result: Result<Settings>): void {
    if ('ok' in result) setSettings(result.ok);
    setFailure('error' in result ? result.error : undefined);
  }
  useEffect(() => void chat.api.settings().then(take), [chat]);
  return { settings, failure, change: (change) => chat.api.updateSettings(change).then(take) };
}
