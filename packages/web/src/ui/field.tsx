// A field of a form with its label, its hint and, beside it, what is wrong with it. The three are tied to the control
// for screen readers.

import { type ReactNode, useId } from 'react';

export const controlClass =
  'w-full min-h-8 rounded-control border border-edge bg-panel px-2.5 py-1.25 text-ink placeholder:text-ink-faint aria-invalid:border-failed pointer-coarse:min-h-11';

export interface ControlAttributes {
  readonly id: string;
  readonly 'aria-invalid': true | undefined;
  readonly 'aria-describedby': string | undefined;
  readonly className: string;
}

export interface FieldProps {
  readonly label: string;
  /** The label is told to screen readers only, where a column's head shows it; on a phone there is no room for heads. */
  readonly labelHidden?: boolean;
  /** The label stands behind the control: a box to tick. */
  readonly labelAside?: boolean;
  /** What the label belongs to, for screen readers, before it. */
  readonly context?: string;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
  readonly children: (attributes: ControlAttributes) => ReactNode;
}

export function Field({ label, labelHidden = false, labelAside = false, context, hint, error, children }: FieldProps) {
  const id = useId();
  const hintId = `${id}-hint`;
  const errorId = `${id}-error`;
  const described = [error ? errorId : null, hint ? hintId : null].filter((part) => part !== null).join(' ');
  const shownLabel = (
    <label htmlFor={id} className={labelHidden ? 'text-small text-ink-faint sm:sr-only' : labelAside ? '' : 'text-aside font-[550]'}>
      {context === undefined ? null : <span className="sr-only">{context}</span>}
      {label}
    </label>
  );
  const control = children({
    id,
    'aria-invalid': error ? true : undefined,
    'aria-describedby': described || undefined,
    className: controlClass,
  });
  return (
    <div className="flex min-w-0 flex-col gap-1">
      {labelAside ? (
        <div className="flex items-center gap-2 pointer-coarse:min-h-11">
          {control}
          {shownLabel}
        </div>
      ) : (
        <>
          {shownLabel}
          {control}
        </>
      )}
      {error ? (
        <p id={errorId} className="text-small text-failed">
          {error}
        </p>
      ) : null}
      {hint ? (
        <p id={hintId} className="text-small text-ink-faint">
          {hint}
        </p>
      ) : null}
    </div>
  );
}
