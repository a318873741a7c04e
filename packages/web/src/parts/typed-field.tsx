// A field that one types a line into, tied to its place in a draft.

import { type HTMLInputTypeAttribute, type ReactNode, useEffect, useRef } from 'react';
import { Field } from '../ui/field.tsx';

export interface TypedFieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error: string | undefined;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly type?: HTMLInputTypeAttribute;
  /** What a browser may fill it in with; left out: nothing. */
  readonly fill?: 'username' | 'current-password' | 'new-password' | 'one-time-code' | undefined;
  readonly numeric?: boolean;
  /** Typing begins here when it is shown. */
  readonly focused?: boolean;
  readonly mono?: boolean;
}

export function TypedField({
  label,
  hint,
  error,
  value,
  onChange,
  type = 'text',
  fill,
  numeric = false,
  focused = false,
  mono = false,
}: TypedFieldProps) {
  const control = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (focused) control.current?.focus();
  }, [focused]);
  return (
    <Field label={label} hint={hint} error={error}>
      {(attributes) => (
        <input
          {...attributes}
          ref={control}
          type={type}
          value={value}
          inputMode={numeric ? 'numeric' : undefined}
          // A browser that offers to keep these would fill them in where they do not belong.
          autoComplete={fill ?? (type === 'password' ? 'new-password' : 'off')}
          autoCapitalize="off"
          spellCheck={false}
          onChange={({ target }) => onChange(target.value)}
          className={mono ? `${attributes.className} font-mono text-[12.5px]` : attributes.className}
        />
      )}
    </Field>
  );
}
