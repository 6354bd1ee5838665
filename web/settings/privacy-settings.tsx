import { failureMessage } from '#web/app/failure-messages.ts';
import type { Session } from '#web/session/session.ts';
import { Switch } from '#web/ui/switch.tsx';
import { words } from '#web/words/settings.ts';
import { BlockedPeople } from './blocked-people.tsx';
import type { OwnSettings } from './own-settings.ts';
import { WhoMayAddChoice } from './who-may-add.tsx';

/** What others learn of the person, and who may come near them. */
export function PrivacySettings({ session, own }: { session: Session; own: OwnSettings }) {
  const { settings, failure, change } = own;
  return (
    <>
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
      <WhoMayAddChoice chosen={settings?.whoMayAdd} onChange={(whoMayAdd) => void change({ whoMayAdd })} />
      <p class="failure" role="alert">
        {failure && failureMessage(failure)}
      </p>
      <BlockedPeople session={session} />
    </>
  );
}
