// Rows of fields that can be added and removed: what stands over their columns, a cell, and the button that takes a row away.

import { X } from 'lucide-react';
import { Children, type ReactNode } from 'react';
import { text } from '../messages.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import type { Draft } from './draft.ts';
import type { DraftForm } from './use-draft.ts';

/** What a part of the form needs of it. */
export type Form = Pick<DraftForm<unknown, Draft>, 'draft' | 'errorAt' | 'change'>;

/** Two columns and the button. */
export const pairGrid = 'grid grid-cols-[minmax(0,1fr)_minmax(0,2fr)_auto] items-start gap-2';

interface RowsProps {
  readonly title: string;
  readonly hint?: string;
  /** What stands over the columns, and the grid that they share with the rows. Screen readers have it from each field’s own label. */
  readonly heads: readonly string[];
  readonly grid: string;
  readonly error?: string | undefined;
  readonly add: string;
  readonly onAdd: () => void;
  readonly children: ReactNode;
}

export function Rows({ title, hint, heads, grid, error, add, onAdd, children }: RowsProps) {
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-aside font-[550]">{title}</legend>
      {hint ? <p className="-mt-1 text-small text-ink-faint">{hint}</p> : null}
      {Children.count(children) > 0 ? (
        <div aria-hidden="true" className={`${grid} -mb-1 text-small text-ink-faint max-sm:hidden`}>
          {heads.map((head) => (
            <span key={head}>{head}</span>
          ))}
          <span className="w-9" />
        </div>
      ) : null}
      {children}
      {error ? <p className="text-small text-failed">{error}</p> : null}
      <div>
        <Button size="small" onPress={onAdd}>
          {add}
        </Button>
      </div>
    </fieldset>
  );
}

interface CellProps {
  readonly form: Form;
  /** Left out: what is wrong with it is told beside the row’s first field. */
  readonly at?: string;
  /** The row it belongs to. */
  readonly context: string;
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string | undefined;
  readonly mono?: boolean;
  readonly numeric?: boolean;
  /** What is typed is not shown. */
  readonly concealed?: boolean;
  readonly hint?: ReactNode;
  readonly onChange: (value: string) => void;
}

/** A field of a row: its label stands over the column, so that rows stay one line high. */
export function Cell({
  form,
  at,
  context,
  label,
  value,
  placeholder,
  mono = false,
  numeric = false,
  concealed = false,
  hint,
  onChange,
}: CellProps) {
  return (
    <Field context={context} label={label} labelHidden hint={hint} error={at === undefined ? undefined : form.errorAt(at)}>
      {(attributes) => (
        <input
          {...attributes}
          value={value}
          placeholder={placeholder}
          inputMode={numeric ? 'numeric' : undefined}
          type={concealed ? 'password' : 'text'}
          autoComplete={concealed ? 'new-password' : 'off'}
          autoCapitalize="off"
          spellCheck={false}
          onChange={({ target }) => onChange(target.value)}
          className={`${attributes.className} ${mono ? 'font-mono text-[12.5px]' : ''}`}
        />
      )}
    </Field>
  );
}

export function RemoveRow({ what, onPress }: { readonly what: string; readonly onPress: () => void }) {
  return (
    <Button kind="quiet" label={text.form.remove(what)} onPress={onPress}>
      <X size={14} aria-hidden="true" />
    </Button>
  );
}

/** `rows` with one of them changed. */
export const changed = <T extends { readonly key: number }>(rows: readonly T[], row: T): T[] =>
  rows.map((each) => (each.key === row.key ? row : each));
export const removed = <T extends { readonly key: number }>(rows: readonly T[], row: T): T[] => rows.filter((each) => each.key !== row.key);
