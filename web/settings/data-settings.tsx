import { useState } from 'preact/hooks';
import type { Failure } from '#client/index.ts';
import { confirmed, OwnPasswordField } from '#web/account/own-password.tsx';
import { ActionForm } from '#web/app/action-form.tsx';
import { formFailure } from '#web/app/field-failures.ts';
import { deleteAccount, type Session } from '#web/session/session.ts';
import { ConfirmButton } from '#web/ui/confirm-button.tsx';
import { words } from '#web/words/settings.ts';
import { downloadOwnData } from './export.ts';

interface DataSettingsProps {
  readonly session: Session;
  /** Called after each attempt to download the data. */
  readonly onAttempt: () => void;
}

/** What the person can take along, and the end of the account. */
export function DataSettings({ session, onAttempt }: DataSettingsProps) {
  return (
    <>
      <ActionForm
        title={words.copy}
        button={words.download}
        done={words.downloaded}
        onSubmit={async (text) => {
          const result = await confirmed(session, text('downloadPassword'), () => downloadOwnData(session));
          onAttempt();
          return result;
        }}
      >
        {(failure) => (
          <>
            <p class="hint">{words.copyHint}</p>
            <OwnPasswordField name="downloadPassword" failure={failure} />
          </>
        )}
      </ActionForm>
      <Deletion session={session} />
    </>
  );
}

/** A form that Enter doesn't send: what it does can't be undone. */
function Deletion({ session }: { session: Session }) {
  const [password, setPassword] = useState('');
  const [failure, setFailure] = useState<Failure>();
  async function remove() {
    setFailure(undefined);
    const result = await confirmed(session, password, () => deleteAccount(session));
    if ('error' in result) setFailure(result.error);
  }
  return (
    <form onSubmit={(event) => event.preventDefault()} aria-labelledby="deletion">
      <h4 id="deletion">{words.remove}</h4>
      <p class="hint">{words.removeHint}</p>
      <OwnPasswordField name="deletionPassword" failure={failure} onInput={setPassword} />
      <p class="failure" role="alert">
        {formFailure(failure)}
      </p>
      <div class="actions">
        <ConfirmButton confirmLabel={words.reallyRemove} disabled={password === ''} onConfirm={() => void remove()}>
          {words.remove}
        </ConfirmButton>
      </div>
    </form>
  );
}
