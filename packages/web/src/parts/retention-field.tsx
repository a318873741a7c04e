// How long a server is kept once it is deleted.

import { useQuery } from '@tanstack/react-query';
import { text } from '../messages.ts';
import { settingsQuery } from '../queries.ts';
import { Field } from '../ui/field.tsx';
import { pointer } from './field-errors.ts';
import type { Form } from './field-rows.tsx';
import { TextField } from './text-field.tsx';

const kinds = ['usual', 'ever', 'own'] as const;

export function RetentionField({ form }: { readonly form: Form }) {
  const { draft } = form;
  const { data: settings } = useQuery(settingsQuery);
  const words = {
    ...text.form.retentions,
    usual: text.form.retentions.usual(settings ? text.form.kept(settings.retentionHours) : '…'),
  };
  return (
    <>
      <Field label={text.form.retention} error={form.errorAt(pointer('retention'))}>
        {(attributes) => (
          <select
            {...attributes}
            value={draft.retention}
            onChange={({ target }) => form.change({ retention: kinds.find((kind) => kind === target.value) ?? draft.retention })}
          >
            {kinds.map((kind) => (
              <option key={kind} value={kind}>
                {words[kind]}
              </option>
            ))}
          </select>
        )}
      </Field>
      {draft.retention === 'own' ? (
        <TextField form={form} at={pointer('retention', 'hours')} field="retentionHours" label={text.form.retentionHours} numeric />
      ) : null}
    </>
  );
}
