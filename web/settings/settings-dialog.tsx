import { useState } from 'preact/hooks';
import { AccountSettings } from '#web/account/account-settings.tsx';
import { Logins } from '#web/account/logins.tsx';
import type { Session } from '#web/session/session.ts';
import { Dialog } from '#web/ui/dialog.tsx';
import { words } from '#web/words/settings.ts';
import { DataSettings } from './data-settings.tsx';
import { LanguageChoice } from './language-choice.tsx';
import { NotificationSettings } from './notification-settings.tsx';
import { useOwnSettings } from './own-settings.ts';
import { PrivacySettings } from './privacy-settings.tsx';
import { ProfileSettings } from './profile-settings.tsx';
import { SettingsSection } from './settings-section.tsx';
import { ThemeChoice } from './theme-choice.tsx';
import '#web/styles/settings.css';

/** A dialog with all that a person can set, in sections that say what they are for. */
export function SettingsDialog({ session, onClose }: { session: Session; onClose: () => void }) {
  const own = useOwnSettings(session);
  const [attempts, setAttempts] = useState(0);
  const onAttempt = () => setAttempts((before) => before + 1);
  return (
    <Dialog title={words.title} onClose={onClose}>
      {() => (
        <div class="settings">
          <SettingsSection title={words.profile} hint={words.profileHint}>
            <ProfileSettings session={session} />
          </SettingsSection>
          <SettingsSection title={words.account} hint={words.accountHint}>
            <AccountSettings session={session} onAttempt={onAttempt} />
          </SettingsSection>
          <SettingsSection title={words.devices} hint={words.devicesHint}>
            {/* What is done to the account ends logins and is listed there. */}
            <Logins key={attempts} session={session} />
          </SettingsSection>
          <SettingsSection title={words.notifications} hint={words.notificationsHint}>
            <NotificationSettings session={session} own={own} />
          </SettingsSection>
          <SettingsSection title={words.privacy} hint={words.privacyHint}>
            <PrivacySettings session={session} own={own} />
          </SettingsSection>
          <SettingsSection title={words.look} hint={words.lookHint}>
            <ThemeChoice />
            <LanguageChoice />
          </SettingsSection>
          <SettingsSection title={words.data} hint={words.dataHint}>
            <DataSettings session={session} onAttempt={onAttempt} />
          </SettingsSection>
        </div>
      )}
    </Dialog>
  );
}
