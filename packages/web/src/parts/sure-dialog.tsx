// Asks before something goes for good, and says what goes with it.

import { useMutation } from '@tanstack/react-query';
import { text } from '../messages.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogButtons, DialogText } from '../ui/dialog.tsx';
import { notify } from '../ui/toast.tsx';
import { detailOf } from './act.ts';

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
  const { mutate, isPending } = useMutation({
    mutationFn: onConfirm,
    onSuccess: onDone,
    onError: (error) => notify({ tone: 'refusal', title: refused, detail: detailOf(error) }),
    onSettled: onClose,
  });
  return (
    <Dialog alert title={title} onClose={onClose}>
      <DialogText>{detail}</DialogText>
      <DialogButtons>
        <Button onPress={onClose}>{text.cancel}</Button>
        <Button kind="danger" pending={isPending} onPress={() => mutate()}>
          {confirm}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
