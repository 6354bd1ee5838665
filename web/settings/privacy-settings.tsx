import { useEffect, useState } from 'preact/hooks';
import type { Failure, Result } from '#client/index.ts';
import type { Settings } from '#protocol/people.ts';
import { failureMessage } from '#web/app/failure-messages.ts';
import type { Session } from '#web/session/session.ts';
import { Switch } from '#web/ui/switch.tsx';
import { words } from '#web/words/settings.ts';
import { WhoMayAddChoice } from './who-may-add.tsx';

/** The person's privacy settings. Each change is saved at once. */
export function PrivacySettings({ session: { chat } }: { session: Session }) {
  const [settings, setSettings] = useState<Settings>();
  const [failure, setFailure] = useState<Failure>();
  function take(result: Result<Settings>): void {
    if ('ok' in result) setSettings(result.ok);
    setFailure('error' in result ? result.error : undefined);
  }
  useEffect(() => void chat.api.settings().then(take), [chat]);
  const change = (change: Partial<Settings>) => chat.api.updateSettings(change).then(take);
  return (
    <section>
      <h3>{words.privacy}</h3>
      <Switch
        label={words.privateRead}
        hint={words.privateReadHint}
        checked={settings?.privateRead ?? false}
        disabled={!settings}
        onChange={(privateRead) => change({ privateRead })}
      />
      <Switch
        label={words.invisible}
        hint={words.invisibleHint}
        checked={settings?.invisible ?? false}
        disabled={!settings}
        onChange={(invisible) => change({ invisible })}
      />
      <Switch
        label={words.pushText}
        hint={words.pushTextHint}
        checked={settings?.pushText ?? true}
        disabled={!settings}
        onChange={(pushText) => change({ pushText })}
      />
      <WhoMayAddChoice chosen={settings?.whoMayAdd} onChange={(whoMayAdd) => void change({ whoMayAdd })} />
      <p class="failure" role="alert">
        {failure && failureMessage(failure)}
      </p>
    </section>
  );
}
