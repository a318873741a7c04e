// Something that is shown once, in a dialog: a link to hand on, or a token.

import type { ReactNode } from 'react';
import { people } from '../messages/people.ts';
import { Button } from '../ui/button.tsx';
import { Copy } from '../ui/copy.tsx';
import { DialogButtons, DialogText } from '../ui/dialog.tsx';

/** The code stands behind `#`, where it reaches no log and no proxy. */
export const linkTo = (path: string, code: string): string => `${location.origin}${path}#code=${code}`;

export function ShownOnce({
  secret,
  children,
  onClose,
}: {
  readonly secret: string;
  readonly children: ReactNode;
  readonly onClose: () => void;
}) {
  return (
    <>
      <DialogText>{children}</DialogText>
      <div className="rounded-control border border-line bg-page px-3 py-2">
        <Copy copied={secret} className="text-left whitespace-normal! wrap-anywhere" />
      </div>
      <DialogButtons>
        <Button kind="primary" onPress={onClose}>
          {people.people.done}
        </Button>
      </DialogButtons>
    </>
  );
}
