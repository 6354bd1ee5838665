import type { WhoMayAdd } from '#protocol/people.ts';

const choices: readonly { readonly value: WhoMayAdd; readonly label: string; readonly hint: string }[] = [
  { value: 'everyone', label: 'Everyone', hint: 'Anybody puts you into groups; strangers not too often in a day.' },
  {
    value: 'acquaintances',
    label: 'People I know',
    hint: 'Those with whom you talk put you into groups. Others can only invite you.',
  },
  { value: 'nobody', label: 'Nobody', hint: 'You decide about each group: all you get are invitations.' },
];

interface WhoMayAddChoiceProps {
  /** Undefined while it is loading. */
  readonly chosen: WhoMayAdd | undefined;
  readonly onChange: (chosen: WhoMayAdd) => void;
}

/** A choice of who may add the person to groups. */
export function WhoMayAddChoice({ chosen, onChange }: WhoMayAddChoiceProps) {
  return (
    <fieldset class="choice" disabled={chosen === undefined}>
      <legend>Who may add me to groups</legend>
      {choices.map(({ value, label, hint }) => (
        <label key={value} class="switch">
          <input type="radio" name="whoMayAdd" checked={chosen === value} onChange={() => onChange(value)} />
          <span>
            {label}
            <small>{hint}</small>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
