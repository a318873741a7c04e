// How much disk a server's data should take, and what becomes of starts once it takes more.

import { text } from '../messages.ts';
import { pointer } from './field-errors.ts';
import type { Form } from './field-rows.tsx';
import { TextField } from './text-field.tsx';

export function QuotaField({ form }: { readonly form: Form }) {
  const { draft } = form;
  return (
    <>
      <TextField form={form} at={pointer('quota', 'dataMb')} field="quotaMb" label={text.form.quota} hint={text.form.quotaHint} numeric />
      {draft.quotaMb.trim() === '' ? null : (
        <label className="flex items-center gap-2 self-end pb-2">
          <input type="checkbox" checked={draft.quotaRefuses} onChange={({ target }) => form.change({ quotaRefuses: target.checked })} />
          {text.form.quotaRefuses}
        </label>
      )}
    </>
  );
}
