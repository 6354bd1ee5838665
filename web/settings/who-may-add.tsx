import type { WhoMayAdd } from '#protocol/people.ts';
import { words } from '#web/words/settings.ts';

const choices: readonly WhoMayAdd[] = ['everyone', 'acquaintances', 'nobody'];

interface WhoMayAddChoiceProps {
  /** Undefined while it is loading. */
  readonly chosen: WhoMayAdd | undefined;
  readonly onChange: (chosen: WhoMayAdd) => void;
}

/** A choice of who may add the person to groups. */
export function WhoMayAddChoice({ chosen, onChange }: WhoMayAddChoiceProps) {
  const hints: Record<WhoMayAdd, string> = {
    everyone: words.everyoneHint,
    acquaintances: words.acquaintancesHint,
    nobody: words.nobodyHint,
  };
  return (
    <fieldset class="choice" disabled={chosen === undefined}>
      <legend>{words.whoMayAdd}</legend>
      {choices.map((value) => (
        <label key={value} class="switch">
          <input type="radio" name="whoMayAdd" checked={chosen === value} onChange={() => onChange(value)} />
          <span>
            {words[value]}
            <small>{hints[value]}</small>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
