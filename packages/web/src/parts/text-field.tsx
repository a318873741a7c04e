// A field of one line of text of a server's description.

import { Field } from '../ui/field.tsx';
import type { Draft } from './draft.ts';
import type { Form } from './field-rows.tsx';

type TextKey = { [Key in keyof Draft]: Draft[Key] extends string ? Key : never }[keyof Draft];

interface TextFieldProps {
  readonly form: Form;
  readonly field: TextKey;
  readonly at: string;
  readonly label: string;
  readonly hint?: string;
  readonly placeholder?: string;
  readonly numeric?: boolean;
}

export function TextField({ form, field, at, label, hint, placeholder, numeric = false }: TextFieldProps) {
  return (
    <Field label={label} hint={hint} error={form.errorAt(at)}>
      {(attributes) => (
        <input
          {...attributes}
          value={form.draft[field]}
          placeholder={placeholder}
          inputMode={numeric ? 'decimal' : undefined}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          onChange={({ target }) => form.change({ [field]: target.value }, at)}
        />
      )}
    </Field>
  );
}
