// Asks before something goes for good, and says what goes with it.

import { useMutation } from '@tanstack/react-query';
import { text } from '../messages.ts';
import { AlertLine } from '../ui/alert-line.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogButtons, DialogText } from '../ui/dialog.tsx';
import { detailOf } from './act.ts';
import { SignInAgain } from './sign-in-again.tsx';

export interface SureDialogProps {
  readonly title: string;
  readonly detail: string;
  readonly confirm: string;
  /** What is said when it was refused. */
  readonly refused: string;
  readonly onConfirm: () => Promise<unknown>;
  /** Asks for what has changed by it. */
  readonly onDone: () => unknown;
  readonly onClose: () => void;
}

export function SureDialog({ title, detail, confirm, refused, onConfirm, onDone, onClose }: SureDialogProps) {
  const { mutate, isPending, error } = useMutation({
    mutationFn: onConfirm,
    onSuccess: async () => {
      await onDone();
      onClose();
    },
  });
  return (
    <Dialog alert title={title} onClose={onClose}>
      <DialogText>{detail}</DialogText>
      <AlertLine words={error && `${refused}: ${detailOf(error)}`} />
      <SignInAgain error={error} />
      <DialogButtons>
        <Button onPress={onClose}>{text.cancel}</Button>
        <Button kind="danger" pending={isPending} onPress={() => mutate()}>
          {confirm}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
