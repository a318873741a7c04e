// The ⋯ button. Its menu is made when it is opened, so that a row of a long list costs no more than a button.

import { Ellipsis } from 'lucide-react';
import { Suspense, useRef, useState } from 'react';
import { later } from '../later.ts';
import { type ButtonLook, buttonClass } from './button.tsx';
import type { MenuEntry } from './menu-popup.tsx';

const MenuPopup = later(async () => (await import('./menu-popup.tsx')).MenuPopup);

export interface MenuProps extends Pick<ButtonLook, 'size'> {
  readonly label: string;
  readonly entries: () => readonly MenuEntry[];
}

export function Menu({ label, entries, size = 'small' }: MenuProps) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  // The press that closes the menu is a press outside of it, and by the time it becomes a click it is closed.
  const closedByPress = useRef(false);
  return (
    <>
      <button
        ref={button}
        type="button"
        className={buttonClass({ size })}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        onPointerEnter={MenuPopup.preload}
        onFocus={MenuPopup.preload}
        onPointerDown={() => {
          closedByPress.current = open;
        }}
        onClick={() => {
          if (!closedByPress.current) setOpen(true);
          closedByPress.current = false;
        }}
      >
        <Ellipsis size={16} aria-hidden="true" />
      </button>
      {open ? (
        <Suspense>
          <MenuPopup label={label} anchor={button} entries={entries()} onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </>
  );
}
