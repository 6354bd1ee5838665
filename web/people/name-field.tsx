import type { Failure } from '#client/index.ts';
import { Field } from '#web/ui/field.tsx';
import { words } from '#web/words/people-picker.ts';

interface NameFieldProps {
  readonly name: string;
  readonly label: string;
  readonly maxLength: number;
  readonly autocomplete: string;
  readonly defaultValue?: string;
  /** Of a form in which nothing else can be invalid. */
  readonly failure: Failure | undefined;
}

/** A field for the name of a person or a group, which says if nobody could see the name. */
export function NameField({ failure, ...field }: NameFieldProps) {
  return <Field {...field} required failure={failure?.code === 'bad_request' ? words.unseenName : undefined} />;
}
