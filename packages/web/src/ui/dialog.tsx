// The frame of every dialog: a title, a body, and its buttons at the foot. `alert` ones ask about something that is
// hard to undo, and are not closed by a press beside them.

import { AlertDialog } from '@base-ui/react/alert-dialog';
import { Dialog as Base } from '@base-ui/react/dialog';
import type { ReactNode } from 'react';

export interface DialogProps {
  readonly title: string;
  readonly alert?: boolean;
  /** For what needs room: a text to read or to write. */
  readonly wide?: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function Dialog({ title, alert = false, wide = false, onClose, children }: DialogProps) {
  const Parts = alert ? AlertDialog : Base;
  return (
    <Parts.Root open onOpenChange={(open) => !open && onClose()}>
      <Parts.Portal>
        <Parts.Backdrop className="fixed inset-0 z-30 bg-veil" />
        <Parts.Popup
          className={`fixed top-[12vh] left-1/2 z-40 flex max-h-[80vh] -translate-x-1/2 flex-col gap-3 overflow-auto rounded-panel border border-line bg-panel p-5 ${wide ? 'w-[min(44rem,calc(100vw-2rem))]' : 'w-[min(30rem,calc(100vw-2rem))]'}`}
        >
          <Parts.Title className="text-title font-[650] tracking-tight wrap-anywhere">{title}</Parts.Title>
          {children}
        </Parts.Popup>
      </Parts.Portal>
    </Parts.Root>
  );
}

export function DialogText({ children }: { readonly children: ReactNode }) {
  return <p className="text-ink-soft wrap-anywhere">{children}</p>;
}

export function DialogButtons({ children }: { readonly children: ReactNode }) {
  return <div className="mt-2 flex flex-wrap justify-end gap-2">{children}</div>;
}
