// The name of a new server.

import { text } from '../messages.ts';
import { Field } from '../ui/field.tsx';

interface NameFieldProps {
  readonly value: string;
  readonly error: string | undefined;
  readonly onType: (name: string) => void;
}

export function NameField({ value, error, onType }: NameFieldProps) {
  return (
    <Field label={text.form.name} hint={text.form.nameHint} error={error}>
      {(attributes) => (
        <input
          {...attributes}
          value={value}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          onChange={({ target }) => onType(target.value)}
        />
      )}
    </Field>
  );
}
