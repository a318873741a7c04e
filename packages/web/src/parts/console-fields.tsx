// How commands reach the program, how it is asked to stop, and how it says that it can be used.

import { text } from '../messages.ts';
import { CheckBox } from '../ui/check-box.tsx';
import { Field } from '../ui/field.tsx';
import { consoleKinds } from './draft.ts';
import { pointer } from './field-errors.ts';
import type { Form } from './field-rows.tsx';
import { TextField } from './text-field.tsx';

export function ConsoleFields({ form }: { readonly form: Form }) {
  const { draft } = form;
  return (
    <>
      <Field label={text.form.console} hint={text.form.consoleHint} error={form.errorAt(pointer('console'))}>
        {(attributes) => (
          <select
            {...attributes}
            value={draft.console}
            onChange={({ target }) => form.change({ console: consoleKinds.find((kind) => kind === target.value) ?? draft.console })}
          >
            {consoleKinds.map((kind) => (
              <option key={kind} value={kind}>
                {text.form.consoles[kind]}
              </option>
            ))}
          </select>
        )}
      </Field>
      {draft.console === 'rcon' ? (
        <div className="grid grid-cols-2 gap-4 max-sm:grid-cols-1">
          <TextField
            form={form}
            at={pointer('console', 'containerPort')}
            field="rconPort"
            label={text.form.rconPort}
            hint={text.form.rconPortHint}
            numeric
          />
          <TextField form={form} at={pointer('console', 'passwordEnv')} field="rconPasswordEnv" label={text.form.rconPassword} />
        </div>
      ) : null}
      {draft.console === 'none' ? null : (
        <TextField
          form={form}
          at={pointer('console', 'stopCommand')}
          field="stopCommand"
          label={text.form.stopCommand}
          hint={text.form.stopCommandHint}
          placeholder={text.form.noStopCommand}
        />
      )}
    </>
  );
}

/** What the program says once it can be used. */
export function ReadyFields({ form }: { readonly form: Form }) {
  return (
    <div className="flex flex-col gap-2">
      <TextField
        form={form}
        at={pointer('ready', 'line')}
        field="readyLine"
        label={text.form.ready}
        hint={text.form.readyHint}
        placeholder={text.form.noReady}
      />
      <CheckBox
        label={text.form.readyRegex}
        checked={form.draft.readyRegex}
        onChange={(readyRegex) => form.change({ readyRegex }, pointer('ready', 'line'))}
      />
    </div>
  );
}
