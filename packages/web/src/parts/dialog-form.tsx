// A dialog's form: what is asked, what was refused, and the buttons at its foot. Sent once, and only when it may be.

import type { ReactNode } from 'react';
import { text } from '../messages.ts';
import { AlertLine } from '../ui/alert-line.tsx';
import { Button } from '../ui/button.tsx';
import { DialogButtons } from '../ui/dialog.tsx';

interface DialogFormProps {
  readonly submit: string;
  /** Why it cannot be sent as it is; null: it can. */
  readonly refusal: string | null;
  readonly pending: boolean;
  /** What became of the last try, when that was no success. */
  readonly alert: string | null;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function DialogForm({ submit, refusal, pending, alert, onSubmit, onClose, children }: DialogFormProps) {
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (refusal === null && !pending) onSubmit();
      }}
    >
      {children}
      <AlertLine words={alert} />
      <DialogButtons>
        <Button onPress={onClose}>{text.cancel}</Button>
        <Button kind="primary" type="submit" pending={pending} refusal={refusal}>
          {submit}
        </Button>
      </DialogButtons>
    </form>
  );
}
