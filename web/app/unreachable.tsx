import { start } from '#web/session/session.ts';
import { Drawing } from '#web/ui/icons.tsx';
import { words } from '#web/words/app.ts';
import { words as common } from '#web/words/ui.ts';
import '#web/styles/splash.css';

/** For a start at which the server doesn't answer, and nothing is kept that could be shown. */
export function Unreachable() {
  return (
    <main class="splash">
      <Drawing />
      <h1>{words.unreachable}</h1>
      <p>{words.checkConnection}</p>
      <button type="button" class="primary" onClick={() => void start()}>
        {common.tryAgain}
      </button>
    </main>
  );
}
