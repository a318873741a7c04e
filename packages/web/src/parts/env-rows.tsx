// The environment of a server's description. A secret is typed unseen; one that the record has is never shown and stays as it
// is until something is typed.

import { text } from '../messages.ts';
import { type Draft, type EnvRow, rowKey } from './draft.ts';
import { pointer } from './field-errors.ts';
import { Cell, changed, type Form, RemoveRow, Rows, removed } from './field-rows.tsx';

const envGrid =
  'grid grid-cols-[minmax(0,1fr)_minmax(0,2fr)_5rem_2.375rem] items-start gap-2 max-sm:grid-cols-[minmax(0,1fr)_auto] max-sm:[&>:nth-child(2)]:col-start-1';

export function EnvRows({ form }: { readonly form: Form }) {
  const { env } = form.draft;
  const set = (next: Draft['env'], at?: string) => form.change({ env: next }, at);
  return (
    <Rows
      title={text.form.env}
      heads={[text.form.envName, text.form.envValue, text.form.secret]}
      grid={envGrid}
      error={form.errorAt(pointer('env'))}
      add={text.form.addEnv}
      onAdd={() => set([...env, { key: rowKey(), name: '', value: '', secret: false, kept: false }])}
    >
      {env.map((row, at) => {
        const context = text.form.ofRow(text.form.variable, at + 1);
        const what = row.name || text.form.nth(text.form.variable, at + 1);
        const change = (next: Partial<EnvRow>) => set(changed(env, { ...row, ...next }), pointer('env', next.name ?? row.name));
        return (
          <div key={row.key} className={envGrid}>
            <Cell
              form={form}
              at={pointer('env', row.name)}
              context={context}
              label={text.form.envName}
              value={row.name}
              mono
              onChange={(name) => change({ name })}
            />
            <Cell
              form={form}
              context={context}
              label={text.form.envValue}
              value={row.value}
              placeholder={row.kept ? text.form.secretKept : undefined}
              mono
              concealed={row.secret}
              onChange={(value) => change({ value, kept: false })}
            />
            <SecretBox row={row} what={what} onChange={(secret) => change({ secret, kept: false })} />
            <RemoveRow what={what} onPress={() => set(removed(env, row))} />
          </div>
        );
      })}
    </Rows>
  );
}

function SecretBox({ row, what, onChange }: { readonly row: EnvRow; readonly what: string; readonly onChange: (secret: boolean) => void }) {
  return (
    <label
      title={text.form.secretHint}
      className="flex min-h-8 items-center gap-1.5 px-3 text-aside text-ink-soft max-sm:col-start-2 max-sm:row-start-2 pointer-coarse:min-h-11"
    >
      <input
        type="checkbox"
        aria-label={text.form.secretOf(what)}
        checked={row.secret}
        onChange={({ target }) => onChange(target.checked)}
        className="size-3.5 accent-accent"
      />
      <span className="sm:sr-only">{text.form.secret}</span>
    </label>
  );
}
