// An open menu: items in order, refused ones among them with their reason as a hint.

import { Menu as Base } from '@base-ui/react/menu';
import { type RefObject, useState } from 'react';
import { useHint } from './hint.tsx';

export interface MenuEntry {
  readonly key: string;
  readonly label: string;
  /** Why it cannot be chosen now; null: it can. */
  readonly refusal: string | null;
  readonly danger: boolean;
  readonly onChoose: () => void;
}

export interface MenuPopupProps {
  readonly label: string;
  /** What it opens at, and what has the focus again when it closes. */
  readonly anchor: RefObject<HTMLButtonElement | null>;
  readonly entries: readonly MenuEntry[];
  readonly onClose: () => void;
}

export function MenuPopup({ label, anchor, entries, onClose }: MenuPopupProps) {
  // Closed first and taken away after, so that the menu gives the focus back.
  const [open, setOpen] = useState(true);
  return (
    <Base.Root open={open} onOpenChange={setOpen} onOpenChangeComplete={(isOpen) => !isOpen && onClose()} modal={false}>
      <Base.Portal>
        <Base.Positioner anchor={anchor} align="end" sideOffset={4} collisionPadding={8} className="z-20">
          <Base.Popup
            finalFocus={anchor}
            aria-label={label}
            className="min-w-44 rounded-panel border border-line bg-panel p-1 outline-none"
          >
            {entries.map((entry) => (
              <Item key={entry.key} entry={entry} />
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function Item({ entry: { label, refusal, danger, onChoose } }: { readonly entry: MenuEntry }) {
  const hint = useHint(refusal, 'before');
  return (
    <Base.Item
      {...hint}
      disabled={refusal !== null}
      aria-description={refusal ?? undefined}
      onClick={onChoose}
      className={`flex min-h-8 cursor-default items-center rounded-control px-2.5 select-none data-disabled:text-ink-faint data-highlighted:bg-hover data-highlighted:outline-none pointer-coarse:min-h-11 ${danger && refusal === null ? 'text-failed' : ''}`}
    >
      {label}
    </Base.Item>
  );
}
