// A button. One that is refused stays where it was and can be reached by keyboard, so that everybody can learn why;
// one that is pending says so and takes no second press.

import type { ReactNode } from 'react';
import { useHint } from './hint.tsx';
import { Shape } from './shape.tsx';

const kinds = {
  plain: 'border-line bg-panel text-ink hover:bg-hover',
  primary: 'border-accent bg-accent text-on-accent hover:border-accent-strong hover:bg-accent-strong',
  danger: 'border-failed-line bg-panel text-failed hover:bg-failed-panel',
  quiet: 'border-transparent text-ink-soft hover:bg-hover hover:text-ink',
} as const;

const sizes = {
  small: 'min-h-6.5 px-2.25 py-0.5 text-aside pointer-coarse:min-h-11 pointer-coarse:px-3',
  normal: 'min-h-8 px-2.75 py-1.25 pointer-coarse:min-h-11',
} as const;

export interface ButtonLook {
  readonly kind?: keyof typeof kinds;
  readonly size?: keyof typeof sizes;
}

/** The classes of a button, for what looks like one and is a link. */
export function buttonClass({ kind = 'plain', size = 'normal' }: ButtonLook = {}): string {
  return `inline-flex items-center justify-center gap-1.5 rounded-control border font-[550] whitespace-nowrap ${kinds[kind]} ${sizes[size]} aria-pressed:border-ink aria-disabled:cursor-default aria-disabled:border-line aria-disabled:bg-panel aria-disabled:text-ink-faint aria-disabled:hover:bg-panel`;
}

export interface ButtonProps extends ButtonLook {
  readonly children: ReactNode;
  readonly onPress?: () => void;
  readonly type?: 'button' | 'submit';
  /** Why it cannot be pressed now; null: it can. */
  readonly refusal?: string | null;
  readonly pending?: boolean;
  /** What pressing it does, beyond its name. */
  readonly hint?: string | null;
  /** Its whole name, where the words on it lean on what stands around it. */
  readonly label?: string;
  readonly pressed?: boolean;
}

export function Button({
  children,
  onPress,
  type = 'button',
  refusal = null,
  pending = false,
  hint = null,
  label,
  pressed,
  ...look
}: ButtonProps) {
  const idle = refusal !== null || pending;
  const described = refusal ?? hint;
  const handlers = useHint(described);
  return (
    <button
      type={type}
      className={buttonClass(look)}
      aria-disabled={idle || undefined}
      aria-busy={pending || undefined}
      aria-description={described ?? undefined}
      aria-label={label}
      aria-pressed={pressed}
      onClick={(event) => {
        if (idle) event.preventDefault();
        else onPress?.();
      }}
      {...handlers}
    >
      {pending ? <Shape name="arc" /> : null}
      {children}
    </button>
  );
}
