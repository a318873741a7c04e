// How the program is set up and shut in, and the settings that are written into its own files.

import { capabilities } from '@mainstay/core/server';
import { text } from '../messages.ts';
import { CheckBox } from '../ui/check-box.tsx';
import { Field } from '../ui/field.tsx';
import type { Draft } from './draft.ts';
import { pointer } from './field-errors.ts';
import type { Form } from './field-rows.tsx';
import { TextField } from './text-field.tsx';

export function SandboxFields({ form }: { readonly form: Form }) {
  const { draft } = form;
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-1 text-aside font-[550]">{text.form.sandbox}</legend>
      <div className="grid grid-cols-2 gap-4 max-sm:grid-cols-1">
        <TextField
          form={form}
          at={pointer('sandbox', 'user')}
          field="user"
          label={text.form.user}
          placeholder={text.form.imageOwn}
          hint={text.form.userHint}
        />
        <TextField
          form={form}
          at={pointer('sandbox', 'workingDir')}
          field="workingDir"
          label={text.form.workingDir}
          placeholder={text.form.imageOwn}
        />
      </div>
      <CheckBox label={text.form.tty} checked={draft.tty} onChange={(tty) => form.change({ tty })} />
      <CheckBox label={text.form.readOnlyRoot} checked={draft.readOnlyRoot} onChange={(readOnlyRoot) => form.change({ readOnlyRoot })} />
      {capabilities.map((capability) => (
        <CheckBox
          key={capability}
          label={text.form.capabilities[capability]}
          checked={draft.capAdd.includes(capability)}
          onChange={(on) =>
            form.change({ capAdd: on ? [...draft.capAdd, capability] : draft.capAdd.filter((each) => each !== capability) })
          }
        />
      ))}
      <Field label={text.form.tmpfs} hint={text.form.tmpfsHint} error={firstError(form, 'sandbox', 'tmpfs', ['containerPath', 'sizeMb'])}>
        {(attributes) => (
          <textarea
            {...attributes}
            rows={2}
            value={draft.tmpfs}
            spellCheck={false}
            onChange={({ target }) => form.change({ tmpfs: target.value }, pointer('sandbox', 'tmpfs'))}
            className={`${attributes.className} font-mono text-[12.5px]`}
          />
        )}
      </Field>
    </fieldset>
  );
}

/** Whether anything of it is not as the image has it. */
export function isShutIn(draft: Pick<Draft, 'user' | 'workingDir' | 'tty' | 'readOnlyRoot' | 'tmpfs' | 'capAdd'>): boolean {
  const { user, workingDir, tty, readOnlyRoot, tmpfs, capAdd } = draft;
  return user !== '' || workingDir !== '' || tty || readOnlyRoot || tmpfs !== '' || capAdd.length > 0;
}

const shownRows = 12;

export function FilesField({ form }: { readonly form: Form }) {
  const { files } = form.draft;
  const rows = Math.min(shownRows, files.split('\n').length + 1);
  return (
    <Field
      label={text.form.files}
      hint={text.form.filesHint}
      error={form.errorAt(pointer('files')) ?? firstError(form, 'files', null, ['volume', 'path', 'parser', 'create', 'find'])}
    >
      {(attributes) => (
        <textarea
          {...attributes}
          rows={rows}
          value={files}
          spellCheck={false}
          onChange={({ target }) => form.change({ files: target.value }, pointer('files'))}
          className={`${attributes.className} font-mono text-[12.5px]`}
        />
      )}
    </Field>
  );
}

/** What is wrong with one of several entries that are typed in one field. */
function firstError(form: Form, list: string, inner: string | null, fields: readonly string[]): string | undefined {
  const at = inner === null ? [list] : [list, inner];
  const places = Array.from({ length: 32 }, (_, entry) => [
    pointer(...at, entry),
    ...fields.map((field) => pointer(...at, entry, field)),
  ]).flat();
  return places.map((place) => form.errorAt(place)).find((error) => error !== undefined) ?? form.errorAt(pointer(...at));
}
