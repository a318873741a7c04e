// A box that is on or off, with its label, and what it means beneath where that is not plain.

import { useId } from 'react';

export interface CheckBoxProps {
  readonly label: string;
  /** Its whole name, where the words beside it lean on what stands around it. */
  readonly fullLabel?: string;
  readonly hint?: string;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function CheckBox({ label, fullLabel, hint, checked, disabled = false, onChange }: CheckBoxProps) {
  const hintId = useId();
  return (
    <div className="flex flex-col">
      <label className="flex items-start gap-2 py-0.5 pointer-coarse:min-h-11 pointer-coarse:items-center">
        <input
          type="checkbox"
          checked={checked}
          disabled={disabled}
          aria-label={fullLabel}
          aria-describedby={hint === undefined ? undefined : hintId}
          onChange={({ target }) => onChange(target.checked)}
          className="mt-0.75 size-3.5 flex-none accent-accent pointer-coarse:mt-0"
        />
        <span className="min-w-0 wrap-anywhere">{label}</span>
      </label>
      {hint ? (
        <p id={hintId} className="pl-5.5 text-small text-ink-faint">
          {hint}
        </p>
      ) : null}
    </div>
  );
}
