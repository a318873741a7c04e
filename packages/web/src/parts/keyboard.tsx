// The page's keys, and the two things they open from anywhere: the palette and the help. While somebody types, or a
// dialog is open, letters are letters.

import type { ServerId } from '@mainstay/core/id';
import { Suspense, useEffect, useRef, useState } from 'react';
import { later } from '../later.ts';
import { clearSelection, toggleRange, toggleSelected } from './selection.ts';
import { aimedAt, focusShown, shownOrder } from './shown-order.ts';
import { singleKeys } from './single-keys.ts';

const Palette = later(async () => (await import('./palette.tsx')).Palette);
const HelpDialog = later(async () => (await import('./help-dialog.tsx')).HelpDialog);

/** Where the eye was last, when the row itself has scrolled away. */
let last: ServerId | null = null;

function focused(): ServerId | null {
  const aim = aimedAt();
  if (aim !== null) return aim;
  const row = document.activeElement?.closest<HTMLElement>('[data-server]');
  return (row?.dataset['server'] as ServerId | undefined) ?? last;
}

function move(step: 1 | -1): void {
  const order = shownOrder();
  const from = order.indexOf(focused() ?? ('' as ServerId));
  const next = order[from < 0 ? 0 : Math.min(Math.max(0, from + step), order.length - 1)];
  if (next === undefined) return;
  last = next;
  focusShown(next);
}

function choose(shift: boolean): void {
  const id = focused();
  const order = shownOrder();
  if (id === null || !order.includes(id)) return;
  if (shift) toggleRange(order, id);
  else toggleSelected(id);
}

/** The pages’ own way to the palette, for those who do not know the key. */
let open: () => void = () => undefined;

export function openPalette(): void {
  open();
}

const busy = 'input:not([type=checkbox]), textarea, select, [contenteditable], [role=dialog], [role=alertdialog], [role=menu]';

export function Keyboard() {
  const [shown, setOpen] = useState<'palette' | 'help' | null>(null);
  const close = () => setOpen(null);
  const opened = useRef(shown);
  opened.current = shown;
  // Whoever calls it types on at once.
  useEffect(() => void Palette.preload(), []);

  useEffect(() => {
    const letters: Readonly<Record<string, (event: KeyboardEvent) => void>> = {
      j: () => move(1),
      k: () => move(-1),
      x: () => choose(false),
      X: () => choose(true),
      '?': () => setOpen('help'),
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.isComposing) return;
      if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
        event.preventDefault();
        setOpen((before) => (before === 'palette' ? null : 'palette'));
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof HTMLElement && event.target.closest(busy)) return;
      if (opened.current !== null) return;
      if (event.key === 'Escape') clearSelection();
      const act = singleKeys() ? letters[event.key] : undefined;
      if (!act) return;
      event.preventDefault();
      act(event);
    };
    document.addEventListener('keydown', onKey);
    open = () => setOpen('palette');
    return () => document.removeEventListener('keydown', onKey);
  }, []);

  return (
    <Suspense>
      {shown === 'palette' ? <Palette onClose={close} onHelp={() => setOpen('help')} /> : null}
      {shown === 'help' ? <HelpDialog onClose={close} /> : null}
    </Suspense>
  );
}
